export type { PostId } from './domain/post.ts';
