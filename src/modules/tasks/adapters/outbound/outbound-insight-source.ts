import type { OutboundService } from '../../../../platform/outbound/guarded-service.ts';
import { OutboundFailure } from '../../../../platform/outbound/outbound-failure.ts';
import type { UrlTemplate } from '../../../../platform/outbound/url-template.ts';
import type { InsightAnswer, InsightCall, InsightSource, TaskView } from '../../application/ports.ts';
import { valuesOf } from './task-values.ts';

/** A source that is asked over HTTP, at the address that a template makes of the task. */
export class OutboundInsightSource implements InsightSource {
  readonly name: string;
  private readonly template: UrlTemplate;
  private readonly service: OutboundService;

  constructor(name: string, template: UrlTemplate, service: OutboundService) {
    this.name = name;
    this.template = template;
    this.service = service;
  }

  async ask(task: TaskView, { signal, traceparent }: InsightCall): Promise<InsightAnswer> {
    const path = this.template.expand(valuesOf(task));
    if (path === undefined) return { failure: 'refused_address' };
    try {
      return { data: await this.service.getJson(path, { signal, headers: { traceparent } }) };
    } catch (error) {
      return { failure: error instanceof OutboundFailure ? error.reason : 'unreachable' };
    }
  }
}
