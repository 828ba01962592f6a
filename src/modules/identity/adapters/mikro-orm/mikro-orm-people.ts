import { ReadModel } from '../../../../platform/mikro-orm/read-model.ts';
import { column, columnsOf } from '../../../../platform/mikro-orm/read-model-source.ts';
import type { StatementPreparer } from '../../../../platform/mikro-orm/statements.ts';
import { PEOPLE_LIST, type PeopleReader, type PersonView } from '../../application/ports.ts';
import { UserSchema } from './identity-schemas.ts';

export function mikroOrmPeople(reader: StatementPreparer): PeopleReader {
  const shown = columnsOf(UserSchema, ['id', 'isActive', 'createdAt']);
  const people = new ReadModel<PersonView>(
    reader,
    {
      table: 'users',
      columns: { ...shown, name: column('users.display_name') },
      search: { ftsTable: 'people_search', rowId: 'users.seq', vector: 'users.search_vector' },
    },
    PEOPLE_LIST,
  );
  return { list: query => people.list(query) };
}
