import { validateHeaderName, validateHeaderValue } from 'node:http';
import {
  INSIGHT_SOURCE_DEFAULTS,
  type InsightSourceSettings,
} from '../../../../platform/configuration/insight-source-settings.ts';
import { StartError } from '../../../../platform/configuration/settings.ts';
import type { Outbound } from '../../../../platform/outbound/outbound.ts';
import { UrlTemplate } from '../../../../platform/outbound/url-template.ts';
import type { InsightSource } from '../../application/ports.ts';
import { OutboundInsightSource } from './outbound-insight-source.ts';
import { TASK_VALUES } from './task-values.ts';

/** What HTTP itself decides about. */
const NOT_TO_SET: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'traceparent',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * The sources that TASK_INSIGHT_SOURCES lists. Addresses and headers may be secret, so no message shows them.
 * @throws StartError
 */
export function configuredInsightSources(
  list: readonly InsightSourceSettings[],
  outbound: Outbound,
): readonly InsightSource[] {
  const twice = list.find(({ name }, index) => list.findIndex(other => other.name === name) !== index);
  if (twice) throw wrong(`has two sources called "${twice.name}"`);
  return list.map(source => {
    const { name, url, headers, ...limits } = { ...INSIGHT_SOURCE_DEFAULTS, ...source };
    requireHeaders(name, headers);
    const template = templateOf(name, url);
    const service = outbound.service({
      name: `insights/${name}`,
      origin: template.origin,
      headers,
      timeout: limits.timeout_ms,
      maxBytes: limits.max_bytes,
      maxInFlight: limits.max_in_flight,
      failures: limits.failures,
      pause: limits.pause_ms,
      allowPrivate: limits.allow_private,
    });
    return new OutboundInsightSource(name, template, service);
  });
}

function templateOf(name: string, url: string): UrlTemplate {
  try {
    return new UrlTemplate(url, TASK_VALUES);
  } catch (error) {
    throw wrong(`is not valid: the url of "${name}" ${(error as Error).message}`);
  }
}

function requireHeaders(name: string, headers: Readonly<Record<string, string>>): void {
  for (const [header, value] of Object.entries(headers))
    if (NOT_TO_SET.has(header.toLowerCase()) || !isHeader(header, value))
      throw wrong(`is not valid: "${name}" has a header that cannot be set`);
}

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

function wrong(what: string): StartError {
  return new StartError(`TASK_INSIGHT_SOURCES ${what}.`);
}
