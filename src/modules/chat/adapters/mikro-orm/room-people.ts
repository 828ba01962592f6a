import { sql } from 'kysely';
import type { Database } from '../../../../platform/mikro-orm/database.ts';
import { queryBuilder, slot } from '../../../../platform/mikro-orm/statements.ts';
import type { RoomReader } from '../../application/ports.ts';

/** Names in the order of their code points, as SQLite has them, whatever the database's language. */
const ORDER = { sqlite: sql`people.display_name`, postgresql: sql`people.display_name collate "C"` };

export function roomPeople({ reader }: Database): RoomReader['people'] {
  const { dialect } = reader;
  const statements = (table: string, column: string) => {
    const those = queryBuilder(dialect)
      .selectFrom(table)
      .innerJoin('people', 'people.id', `${table}.user_id`)
      .where(`${table}.${column}`, '=', slot<string>('id'));
    return {
      page: reader.prepare(
        those
          .select(['people.id', 'people.display_name'])
          .orderBy(ORDER[dialect])
          .orderBy('people.id')
          .limit(slot<number>('limit'))
          .offset(slot<number>('offset')),
      ),
      count: reader.prepare(those.select(({ fn }) => fn.countAll<number>().as('count'))),
    };
  };
  const members = statements('room_members', 'room_id');
  const team = statements('team_people', 'team_id');
  return async ({ id, teamId }, { page, perPage }) => {
    const { page: rows, count } = teamId === null ? members : team;
    const values = { id: teamId ?? id, limit: perPage, offset: (page - 1) * perPage };
    const [found, [counted]] = await Promise.all([rows.all(values), count.all(values)]);
    return {
      rows: found.map(([person, name]) => ({ id: person as string, name: name as string })),
      total: Number(counted?.[0]),
    };
  };
}
