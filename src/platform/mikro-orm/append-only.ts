import type { Dialect } from './statements.ts';

/**
 * Statements that make a table refuse to change its rows, with this message. Steps of schemas that were released use them,
 * so what they make of a table does not change.
 */
export function appendOnly(table: string, message: string, dialect: Dialect): string[] {
  if (dialect === 'sqlite')
    return [
      `create trigger ${table}_is_final before update on ${table} begin
        select raise(abort, '${message}');
      end`,
    ];
  return [
    `create function ${table}_is_final() returns trigger language plpgsql as $$
      begin raise exception '${message}'; end $$`,
    `create trigger ${table}_is_final before update on ${table}
      for each row execute function ${table}_is_final()`,
  ];
}
