import { searchWords } from '../../../../../kernel/search-words.ts';
import type { Execute, SchemaStep } from '../../../../../platform/mikro-orm/schema-step.ts';

const ACTIVE = 'create index users_active_by_age on users (is_active, created_at desc, id desc)';

/**
 * `search_text` holds the folded words of the display name, and is indexed as that of posts. FTS5 finds rows by a number:
 * the table has none of its own that would survive a `vacuum`, and cannot be made anew while others refer to it. A name
 * that was given up leaves the index at once.
 */
const SQLITE = [
  'alter table users add column seq integer',
  "alter table users add column search_text text not null default ''",
  'update users set seq = rowid',
  'create unique index users_seq on users (seq)',
  ACTIVE,
  `create virtual table people_search using fts5(
    search_text, content='users', content_rowid='seq', tokenize='ascii', detail='none'
  )`,
  "insert into people_search (people_search, rank) values ('secure-delete', 1)",
  'insert into people_search (rowid, search_text) select seq, search_text from users',
  `create trigger people_search_add after insert on users begin
    update users set seq = (select coalesce(max(seq), 0) + 1 from users) where id = new.id;
    insert into people_search (rowid, search_text) select seq, search_text from users where id = new.id;
  end`,
  `create trigger people_search_change after update of search_text on users begin
    insert into people_search (people_search, rowid, search_text) values ('delete', old.seq, old.search_text);
    insert into people_search (rowid, search_text) values (new.seq, new.search_text);
  end`,
];

const POSTGRESQL = [
  "alter table users add column search_text text not null default ''",
  `alter table users add column search_vector tsvector not null
    generated always as (array_to_tsvector(string_to_array(search_text, ' '))) stored`,
  ACTIVE,
  'create index people_search on users using gin (search_vector)',
];

interface Named {
  readonly id: string;
  readonly display_name: string;
}

async function fill(execute: Execute): Promise<void> {
  const people = (await execute('select id, display_name from users')) as readonly Named[];
  for (const { id, display_name } of people)
    await execute('update users set search_text = ? where id = ?', [searchWords(display_name).join(' '), id]);
}

export const peopleSearchStep: SchemaStep = {
  name: '20261125010100_people_search',
  up: { sqlite: SQLITE, postgresql: POSTGRESQL },
  fill,
  down: {
    sqlite: [
      'drop trigger people_search_change',
      'drop trigger people_search_add',
      'drop table people_search',
      'drop index users_active_by_age',
      'drop index users_seq',
      'alter table users drop column search_text',
      'alter table users drop column seq',
    ],
    postgresql: [
      'drop index people_search',
      'drop index users_active_by_age',
      'alter table users drop column search_vector',
      'alter table users drop column search_text',
    ],
  },
};
