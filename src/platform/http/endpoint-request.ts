import type { IncomingHttpHeaders } from 'node:http';
import type { Context } from 'koa';
import type { RequestState } from './answer-problems.ts';
import type { Request } from './endpoint.ts';
import { traceparentOf } from './request-context.ts';

export type AnyRequest = Request<unknown, unknown, unknown, unknown>;

/** What a handler gets. What few handlers want is read from Koa's context only when it is. */
export class EndpointRequest implements AnyRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly principal: unknown;
  expectedVersion: number | undefined;
  private readonly context: Context;
  private gone: AbortController | undefined;

  constructor(
    context: Context,
    { params, query, body, principal }: Pick<AnyRequest, 'params' | 'query' | 'body' | 'principal'>,
  ) {
    this.context = context;
    this.params = params;
    this.query = query;
    this.body = body;
    this.principal = principal;
  }

  get url(): string {
    return this.context.url;
  }

  get headers(): IncomingHttpHeaders {
    return this.context.req.headers;
  }

  get address(): string {
    return this.context.ip;
  }

  get traceparent(): string {
    return traceparentOf((this.context.state as RequestState).request);
  }

  get signal(): AbortSignal {
    if (!this.gone) {
      const gone = new AbortController();
      const { res } = this.context;
      if (res.closed) gone.abort();
      else res.once('close', () => gone.abort());
      this.gone = gone;
    }
    return this.gone.signal;
  }
}
