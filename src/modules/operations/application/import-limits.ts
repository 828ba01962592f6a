export interface ImportLimits {
  /** Lines of one import. */
  readonly lines: number;
  /** Lines up to which the answer says that all is done; more are written by a job. */
  readonly direct: number;
  /** Lines that are written in one transaction, which others who write wait for. */
  readonly chunk: number;
  /** Imports of one person that are under way. */
  readonly underWay: number;
}

export const IMPORT_LIMITS: ImportLimits = { lines: 1_000_000, direct: 10_000, chunk: 1000, underWay: 3 };
