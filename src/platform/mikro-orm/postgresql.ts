import type { Pool } from 'pg';
import { translateFailure } from './database-failure.ts';
import { bind, type Statement, type StatementPreparer } from './statements.ts';

/** Prepares on the ORM's own pool, by name: each connection parses and plans a statement once. */
export function postgresReader(pool: Pool): StatementPreparer {
  let prepared = 0;
  return {
    dialect: 'postgresql',
    prepare(query): Statement {
      const compiled = query.compile();
      prepared += 1;
      const statement = { name: `atrium_${prepared}`, text: compiled.sql, rowMode: 'array' as const };
      return {
        async all(values) {
          try {
            return (await pool.query<unknown[]>({ ...statement, values: bind(compiled, values) })).rows;
          } catch (error) {
            throw translateFailure(error);
          }
        },
      };
    },
  };
}
