/**
 * A rule that was broken or a thing that is not there, as the domain says it. `code` is stable and public;
 * `field` names the one input at fault. Edges (HTTP, socket, command line) translate codes once, each in its
 * own table; nothing in here knows a status.
 */
export abstract class DomainError extends Error {
  abstract readonly code: `${string}.${string}`;
  readonly field?: string;

  override get name(): string {
    return this.constructor.name;
  }
}

/** What was changed had been changed by somebody else since it was read. */
export class VersionMismatch extends DomainError {
  readonly code = 'concurrency.version_mismatch';

  constructor(options?: ErrorOptions) {
    super('It was changed by somebody else in the meantime. Read it again, then repeat the change.', options);
  }
}

/** The storage is locked, full or gone; the same request may succeed later. */
export class StorageUnavailable extends DomainError {
  readonly code = 'storage.unavailable';

  constructor(options?: ErrorOptions) {
    super('The storage cannot be used just now. Try again in a moment.', options);
  }
}

/** More is asked at once than this server takes on; the same request may succeed later. */
export class ServerBusy extends DomainError {
  readonly code = 'server.busy';

  constructor() {
    super('The server has too much to do just now. Try again in a moment.');
  }
}

/** The principal's token does not carry the scope that the action needs. */
export class MissingScope extends DomainError {
  readonly code = 'access.insufficient_scope';
  readonly scope: string;

  constructor(scope: string) {
    super(`This needs the scope "${scope}".`);
    this.scope = scope;
  }
}

/** A text that is too short, too long, or cannot be stored. */
export class InvalidText extends DomainError {
  readonly code: 'text.length' | 'text.characters';
  override readonly field: string;

  constructor(code: InvalidText['code'], field: string, message: string) {
    super(message);
    this.code = code;
    this.field = field;
  }
}

export type KernelErrorCode = (
  | VersionMismatch
  | StorageUnavailable
  | ServerBusy
  | MissingScope
  | InvalidText
)['code'];
