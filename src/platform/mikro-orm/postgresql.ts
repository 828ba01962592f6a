import type { Pool } from 'pg';
import { translateFailure } from './database-failure.ts';
import { bind, type SqlRow, type Statement, type StatementPreparer } from './statements.ts';

/** Prepares on the ORM's own pool, by name: each connection parses and plans a statement once. */
export function postgresReader(pool: Pool): StatementPreparer {
  let prepared = 0;
  return {
    dialect: 'postgresql',
    prepare(query): Statement {
      const compiled = query.compile();
      const name = `atrium_${++prepared}`;
      return {
        async all(values) {
          try {
            const { rows } = await pool.query<SqlRow>({
              name,
              text: compiled.sql,
              values: bind(compiled, values),
            });
            return rows;
          } catch (error) {
            throw translateFailure(error);
          }
        },
      };
    },
  };
}
