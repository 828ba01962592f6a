import { EntitySchema } from '@mikro-orm/core';
import { Post } from '../../domain/post.ts';

export const PostSchema = new EntitySchema<Post>({
  class: Post,
  tableName: 'posts',
  properties: {
    id: { type: 'uuid', primary: true },
    authorId: { type: 'uuid' },
    title: { type: 'text' },
    content: { type: 'text' },
    searchText: { type: 'text', getter: true, hydrate: false },
    createdAt: { type: 'Date' },
    updatedAt: { type: 'Date' },
    version: { type: 'integer', version: true },
  },
});
