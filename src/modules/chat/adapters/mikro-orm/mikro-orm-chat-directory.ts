import { type SqlBool, sql } from 'kysely';
import type { Database } from '../../../../platform/mikro-orm/database.ts';
import { queryBuilder, slot } from '../../../../platform/mikro-orm/statements.ts';
import type { ChatDirectory } from '../../application/ports.ts';
import { idsIn } from './ids-in.ts';

/** Asks the views that identity and the roster publish. */
export function mikroOrmChatDirectory({ reader }: Database): ChatDirectory {
  const from = (view: string) =>
    queryBuilder(reader.dialect).selectFrom(view).select(sql<number>`1`.as('one')).limit(sql.lit(1));
  const person = reader.prepare(from('active_people').where('id', '=', slot<string>('id')));
  const membership = reader.prepare(
    from('team_people')
      .where('team_id', '=', slot<string>('team'))
      .where('user_id', '=', slot<string>('person')),
  );
  const names = reader.prepare(
    queryBuilder(reader.dialect)
      .selectFrom('people')
      .select(['id', 'display_name'])
      .where(sql<SqlBool>`id in ${idsIn(reader.dialect)}`),
  );
  return {
    async names(ids) {
      const rows = await names.all({ ids: JSON.stringify(ids) });
      return new Map(rows.map(([id, name]) => [id as string, name as string]));
    },
    isPerson: async id => (await person.all({ id })).length > 0,
    isOf: async (id, of) => (await membership.all({ person: id, team: of })).length > 0,
  };
}
