import { BlockList, isIPv6 } from 'node:net';
import type { Context } from 'koa';
import { LRUCache } from 'lru-cache';
import { RateLimiterRes } from 'rate-limiter-flexible';
import type { Limiter } from '../limits/limiter.ts';
import type { Limits } from '../limits/limits.ts';
import { networkOf } from '../network-of.ts';
import { documentedPath, type Endpoint } from './endpoint.ts';
import { RequestError } from './problem.ts';

export interface RequestLimits {
  /** Requests of one address in a minute. */
  readonly requests: number;
  /** The same at each endpoint that is declared sensitive. */
  readonly sensitiveRequests: number;
  /** Paths that are not counted, as the OpenAPI document has them. */
  readonly exempt: readonly string[];
}

/** Seconds. */
const WINDOW = 60;

/** Addresses whose network is remembered: finding it out takes as long as reading a row. */
const KEYS = 10_000;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

interface Policy {
  readonly name: string;
  readonly limiter: Limiter;
}

/** Throws where a request is one too many. */
export type LimitRequests = (context: Context) => Promise<void>;

/** What limits the requests to an endpoint; undefined where none are counted. */
export type LimitsOf = (endpoint: Endpoint) => LimitRequests | undefined;

/**
 * Counts requests by address, and refuses those beyond the limit with 429. Headers say what is left
 * (draft-ietf-httpapi-ratelimit-headers-11). This machine itself is not counted: it is the operator, or a proxy that
 * `TRUSTED_PROXIES` does not mention, behind which everybody would be one. Where the counts cannot be kept, nothing is
 * refused.
 */
export function requestLimits(
  { requests, sensitiveRequests, exempt }: RequestLimits,
  limits: Limits,
): LimitsOf {
  const general = policy('requests', requests, limits);
  const keys = new LRUCache<string, { readonly key: string | undefined }>({ max: KEYS });
  const remembered = (ip: string) => {
    const found = { key: keyOf(ip) };
    keys.set(ip, found);
    return found;
  };
  return endpoint => {
    if (exempt.includes(documentedPath(endpoint))) return undefined;
    const policies = endpoint.sensitive
      ? [general, policy(endpoint.name, sensitiveRequests, limits)]
      : [general];
    return async context => {
      const { ip } = context;
      const known = keys.get(ip) ?? remembered(ip);
      if (known.key !== undefined) await take(context, policies, known.key, limits);
    };
  };
}

function policy(name: string, points: number, limits: Limits): Policy {
  return { name, limiter: limits.limiter({ name, points, duration: WINDOW }) };
}

/** Undefined for this machine itself. */
function keyOf(ip: string): string | undefined {
  const address = ip.replace(/^::ffff:/, '');
  return loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4') ? undefined : networkOf(address);
}

async function take(
  context: Context,
  policies: readonly Policy[],
  key: string,
  limits: Limits,
): Promise<void> {
  const taken = await Promise.all(
    policies.map(({ limiter }) => limiter.consume(key).catch(reason => reason)),
  );
  const failure = taken.find(result => !(result instanceof RateLimiterRes));
  if (failure !== undefined) return limits.failed(failure);
  const results = taken as RateLimiterRes[];
  const each = (write: (policy: Policy, result: RateLimiterRes) => string) =>
    policies.map((policy, index) => write(policy, results[index] as RateLimiterRes)).join(', ');
  const headers = {
    'RateLimit-Policy': each(({ name, limiter }) => `"${name}";q=${limiter.points};w=${WINDOW}`),
    RateLimit: each(({ name }, result) => `"${name}";r=${result.remainingPoints};t=${seconds(result)}`),
  };
  context.set(headers);
  const over = results.filter(
    (result, index) => result.consumedPoints > (policies[index] as Policy).limiter.points,
  );
  if (over.length === 0) return;
  const wait = Math.max(...over.map(seconds));
  throw new RequestError('request.too_many', `There were too many requests. Wait ${wait} seconds.`, {
    headers: { ...headers, 'Retry-After': String(wait) },
  });
}

function seconds({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1000));
}
