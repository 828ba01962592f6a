import type { SchemaStep } from '../../../../platform/mikro-orm/schema-step.ts';

const INDEXES = [
  'create index posts_newest on posts (created_at desc, id desc)',
  'create index posts_last_updated on posts (updated_at desc, id desc)',
  'create index posts_by_author on posts (author_id, created_at desc, id desc)',
  'create index posts_by_author_last_updated on posts (author_id, updated_at desc, id desc)',
];

/**
 * `search_text` holds the folded words of a post (`searchWords`). SQLite indexes it by FTS5 with a tokenizer that
 * folds nothing more and splits at the blanks between the words only; PostgreSQL by a generated `tsvector`.
 */
export const postSteps: readonly SchemaStep[] = [
  {
    name: '20261123130100_posts',
    up: {
      sqlite: [
        `create table posts (
          seq integer not null primary key,
          id text not null unique,
          author_id text not null references users (id),
          title text not null,
          content text not null,
          search_text text not null,
          created_at integer not null,
          updated_at integer not null,
          version integer not null
        )`,
        ...INDEXES,
        `create virtual table posts_search using fts5(
          search_text, content='posts', content_rowid='seq', tokenize='ascii', detail='none'
        )`,
        `create trigger posts_search_add after insert on posts begin
          insert into posts_search (rowid, search_text) values (new.seq, new.search_text);
        end`,
        `create trigger posts_search_remove after delete on posts begin
          insert into posts_search (posts_search, rowid, search_text) values ('delete', old.seq, old.search_text);
        end`,
        `create trigger posts_search_change after update of search_text on posts begin
          insert into posts_search (posts_search, rowid, search_text) values ('delete', old.seq, old.search_text);
          insert into posts_search (rowid, search_text) values (new.seq, new.search_text);
        end`,
      ],
      postgresql: [
        `create table posts (
          id uuid not null primary key,
          author_id uuid not null references users (id),
          title text not null,
          content text not null,
          search_text text not null,
          search_vector tsvector not null
            generated always as (array_to_tsvector(string_to_array(search_text, ' '))) stored,
          created_at timestamptz(3) not null,
          updated_at timestamptz(3) not null,
          version integer not null
        )`,
        ...INDEXES,
        'create index posts_search on posts using gin (search_vector)',
      ],
    },
    down: {
      sqlite: ['drop table posts_search', 'drop table posts'],
      postgresql: ['drop table posts'],
    },
  },
];
