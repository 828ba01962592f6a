import type { SchemaStep } from '../../../../platform/mikro-orm/schema-step.ts';
import { SEARCH_VECTOR, searchIndex } from '../../../../platform/mikro-orm/search-index.ts';

const INDEXES = [
  'create index posts_newest on posts (created_at desc, id desc)',
  'create index posts_last_updated on posts (updated_at desc, id desc)',
  'create index posts_by_author on posts (author_id, created_at desc, id desc)',
  'create index posts_by_author_last_updated on posts (author_id, updated_at desc, id desc)',
];

/** `search_text` holds the folded words of a post (`searchWords`). */
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
        ...searchIndex.sqlite('posts'),
      ],
      postgresql: [
        `create table posts (
          id uuid not null primary key,
          author_id uuid not null references users (id),
          title text not null,
          content text not null,
          search_text text not null,
          ${SEARCH_VECTOR},
          created_at timestamptz(3) not null,
          updated_at timestamptz(3) not null,
          version integer not null
        )`,
        ...INDEXES,
        ...searchIndex.postgresql('posts'),
      ],
    },
    down: {
      sqlite: ['drop table posts_search', 'drop table posts'],
      postgresql: ['drop table posts'],
    },
  },
];
