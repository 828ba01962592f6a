import type { Context } from 'koa';
import { type CachePolicy, type Endpoint, isTagged, type Reply } from './endpoint.ts';
import { etagOf, namesEtag } from './representation.ts';
import { validatorOf } from './validation.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

const CACHE_CONTROL: Readonly<Record<CachePolicy, string>> = {
  public: 'public, no-cache',
  private: 'private, no-cache',
  'no-store': 'no-store',
};

/** Puts a reply on the wire: its status, its headers, and its body as JSON with an ETag. */
export function answerer(endpoint: Endpoint, variesBy: string): (context: Context, reply: Reply) => void {
  const { cache, method } = endpoint;
  const cacheControl = CACHE_CONTROL[cache];
  const vary = cache === 'private' ? `Authorization, Cookie, ${variesBy}` : variesBy;
  const tagged = isTagged(endpoint);
  return (context, { status, body, headers }) => {
    const { res } = context;
    context.status = status;
    res.setHeader('Cache-Control', cacheControl);
    res.setHeader('Vary', vary);
    if (headers) context.set(headers);
    if (body === undefined) return;
    const representation = JSON.stringify(body);
    if (tagged) {
      const etag = etagOf(representation);
      res.setHeader('ETag', etag);
      const ifNoneMatch = method === 'GET' ? context.get('If-None-Match') : '';
      if (ifNoneMatch !== '' && namesEtag(ifNoneMatch, etag)) {
        context.status = 304;
        return;
      }
    }
    res.setHeader('Content-Type', JSON_TYPE);
    context.body = representation;
  };
}

/** Throws where a reply is not as its endpoint declares it. */
export function replyChecker({ name, returns }: Endpoint): (reply: Reply) => void {
  const checks = new Map(
    Object.entries(returns).map(([status, schema]) => [Number(status), schema && validatorOf(schema)]),
  );
  return ({ status, body }) => {
    const check = checks.get(status);
    if (check === undefined) throw new Error(`${name} answered ${status}, which it does not declare.`);
    if (check === null && body !== undefined) throw new Error(`${name} answered ${status} with a body.`);
    try {
      check?.(JSON.parse(JSON.stringify(body)));
    } catch (error) {
      throw new Error(`${name} answered ${status} otherwise than it declares: ${(error as Error).message}`);
    }
  };
}
