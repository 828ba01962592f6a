import type { IncomingHttpHeaders } from 'node:http';
import type { Context } from 'koa';
import type { Request } from './endpoint.ts';

export type AnyRequest = Request<unknown, unknown, unknown, unknown>;

/** What a handler gets. What few handlers want is read from Koa's context only when it is. */
export class EndpointRequest implements AnyRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly principal: unknown;
  expectedVersion: number | undefined;
  private readonly context: Context;

  constructor(
    context: Context,
    { params, query, body, principal }: Omit<AnyRequest, 'expectedVersion' | 'url' | 'address' | 'headers'>,
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
}
