import type { ContainerModule } from 'inversify';
import type { JobHandler } from '../kernel/jobs.ts';
import type { BackgroundService } from '../platform/background-service.ts';
import type { Api } from '../platform/http/endpoint.ts';
import type { ExportedData } from '../platform/http/exported-data.ts';
import type { Schema } from '../platform/mikro-orm/open-database.ts';
import type { SocketProtocol } from '../platform/ws/protocol.ts';
import type { Token } from './token.ts';

/** What a bounded context brings into the whole: its bindings, its tables, its endpoints, its socket and its services. */
export interface BoundedContext {
  readonly module: ContainerModule;
  readonly schema: Schema;
  readonly api: Token<Api>;
  /** What it says over WebSocket. */
  readonly socket?: Token<SocketProtocol>;
  /** What does the context's jobs. */
  readonly jobs?: readonly Token<JobHandler>[];
  /** What works beside the requests, in the order in which it is started. */
  readonly services?: readonly Token<BackgroundService>[];
  /** What it keeps of people, in the order of an export. */
  readonly personalData?: readonly Token<ExportedData>[];
}
