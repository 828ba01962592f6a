import { StorageUnavailable, VersionMismatch } from '../../kernel/errors.ts';
import { UniqueViolation } from '../unique-violation.ts';

/** SQLite's primary result codes for a file that is locked, full, gone or unwritable. */
const SQLITE_UNAVAILABLE = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|NOTADB|CORRUPT|NOMEM|PROTOCOL)/;

/**
 * PostgreSQL's classes for the same (https://www.postgresql.org/docs/current/errcodes-appendix.html): connection
 * (08), log-in (28), unknown database (3D), resources (53), operator intervention and time-outs (57), system (58),
 * read-only (25006), not in a fitting state (55000), lock and idle time-outs (55P03, 25P03).
 */
const POSTGRES_UNAVAILABLE = /^(08|28|3D|53|57|58)|^(25006|25P03|55000|55P03)$/;

/** Serialization failure and deadlock: the race was lost, the work may be tried again. */
const POSTGRES_RACE = /^(40001|40P01)$/;

const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EAI_AGAIN',
]);

/** What `pg` says without a code when a connection was lost or could not be had in time. */
const LOST_CONNECTION =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered|Query read timeout/;

interface DriverError {
  readonly code?: string;
  readonly message?: string;
  readonly constraint?: string;
  readonly name?: string;
}

/** A driver's or the ORM's error, in the words of the kernel where it has any; otherwise as it is. */
export function translateFailure(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code = '', message = '', constraint } = error as DriverError;
  const options = { cause: error };
  if (error.name === 'OptimisticLockError' || POSTGRES_RACE.test(code)) return new VersionMismatch(options);
  if (code === '23505') return new UniqueViolation(constraint ?? '', options);
  if (code === 'SQLITE_CONSTRAINT_UNIQUE')
    return new UniqueViolation(sqliteConstraint(message, 'key'), options);
  if (code === 'SQLITE_CONSTRAINT_PRIMARYKEY')
    return new UniqueViolation(sqliteConstraint(message, 'pkey'), options);
  if (SQLITE_UNAVAILABLE.test(code) || POSTGRES_UNAVAILABLE.test(code))
    return new StorageUnavailable(options);
  if (NETWORK.has(code) || LOST_CONNECTION.test(message)) return new StorageUnavailable(options);
  return error;
}

/** SQLite names the columns ("UNIQUE constraint failed: users.email_key"); PostgreSQL's name for it is built here. */
function sqliteConstraint(message: string, suffix: 'key' | 'pkey'): string {
  const columns = message.replace(/^.*constraint failed: /, '').split(', ');
  const [table] = columns[0]?.split('.') ?? [];
  if (suffix === 'pkey' || (columns.length === 1 && columns[0] === `${table}.id`)) return `${table}_pkey`;
  return [table, ...columns.map(column => column.split('.')[1]), suffix].join('_');
}
