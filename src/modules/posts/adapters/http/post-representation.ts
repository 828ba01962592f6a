import Type from 'typebox';
import { Timestamp, Uuid } from '../../../../platform/http/schemas.ts';
import { timestamp } from '../../../../platform/http/timestamp.ts';
import type { PostView } from '../../application/ports.ts';
import { POST_CONTENT, POST_TITLE } from '../../domain/post.ts';

const title = Type.String({ minLength: POST_TITLE.min, maxLength: POST_TITLE.max, examples: ['Hello'] });
const content = Type.String({
  minLength: POST_CONTENT.min,
  maxLength: POST_CONTENT.max,
  examples: ['The first post of our workspace.'],
});

export const NewPost = Type.Object({ title, content }, { title: 'NewPost', additionalProperties: false });

export const PostPatch = Type.Object(
  { title: Type.Optional(title), content: Type.Optional(content) },
  { title: 'PostPatch', additionalProperties: false },
);

export const Post = Type.Object(
  {
    id: Uuid,
    author_id: Uuid,
    user_name: Type.String({ description: "The author's published name", examples: ['alice'] }),
    title,
    content,
    created_at: Timestamp,
    updated_at: Timestamp,
  },
  { title: 'Post', additionalProperties: false },
);

export const presentPost = (post: PostView) => ({
  id: post.id,
  author_id: post.authorId,
  user_name: post.userName,
  title: post.title,
  content: post.content,
  created_at: timestamp(post.createdAt),
  updated_at: timestamp(post.updatedAt),
});
