import type { ContainerModule } from 'inversify';
import type { Api } from '../platform/http/endpoint.ts';
import type { Schema } from '../platform/mikro-orm/open-database.ts';
import type { Token } from './token.ts';

/** What a bounded context brings into the whole: its bindings, its tables and its endpoints. */
export interface BoundedContext {
  readonly module: ContainerModule;
  readonly schema: Schema;
  readonly api: Token<Api>;
}
