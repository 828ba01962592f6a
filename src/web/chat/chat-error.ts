/** What the client makes up itself; all other codes are the server's. */
export type ClientErrorCode =
  /** The client was closed. */
  | 'client.closed'
  /** The server does not want to be asked again, as `detail` says. */
  | 'client.refused'
  /** The room was left, or somebody was taken out of it. */
  | 'client.left'
  /** So much waits to be sent that nothing is added. */
  | 'client.too_many_pending';

/** Something that could not be done. `code` is stable, as in the problems of the REST API. */
export class ChatError extends Error {
  readonly code: ClientErrorCode | (string & {});

  constructor(code: ChatError['code'], detail: string) {
    super(detail);
    this.code = code;
  }
}

const PASSING: ReadonlySet<string> = new Set(['server.busy', 'storage.unavailable', 'request.too_many']);

/** Whether the same may succeed later. */
export const isPassing = (code: string) => PASSING.has(code);
