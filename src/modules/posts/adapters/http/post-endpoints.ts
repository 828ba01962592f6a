import { type Api, created, endpointsThrowing, noContent, ok } from '../../../../platform/http/endpoint.ts';
import { listQuery, pageOf, pageReply, toListQuery } from '../../../../platform/http/list-endpoint.ts';
import { IdParams, Uuid } from '../../../../platform/http/schemas.ts';
import type { DeletePost } from '../../application/delete-post.ts';
import type { EditPost } from '../../application/edit-post.ts';
import type { ListPosts } from '../../application/list-posts.ts';
import { POST_LIST } from '../../application/ports.ts';
import type { PublishPost } from '../../application/publish-post.ts';
import type { ReadPost } from '../../application/read-post.ts';
import type { PostErrorCode } from '../../domain/errors.ts';
import { NewPost, Post, PostPatch, presentPost } from './post-representation.ts';

const postProblems = {
  'posts.not_found': 404,
  'posts.not_author': 403,
} as const satisfies Record<PostErrorCode, number>;

export interface PostUseCases {
  readonly publish: PublishPost;
  readonly edit: EditPost;
  readonly remove: DeletePost;
  readonly read: ReadPost;
  readonly list: ListPosts;
}

const endpoint = endpointsThrowing<PostErrorCode>();

export function postApi({ publish, edit, remove, read, list }: PostUseCases): Api {
  const show = async (id: string) => {
    const post = await read.execute(id);
    return ok(presentPost(post), post.version);
  };
  return {
    name: 'posts',
    description: 'The blog: everybody reads, members write.',
    problems: postProblems,
    endpoints: [
      endpoint({
        name: 'listPosts',
        method: 'GET',
        path: '/posts',
        summary: 'Lists posts',
        description:
          'Newest first. `author` keeps those of one person; `q` keeps those in whose title or content each of its words begins a word, whatever its case and accents.',
        query: listQuery(POST_LIST, { author: Uuid }, { keyset: true }),
        returns: { 200: pageOf(Post, 'PageOfPosts', { keyset: true }) },
        problems: [],
        cache: 'public',
        madeOf: ['posts', 'people'],
        async handle({ query, url }) {
          const asked = toListQuery(POST_LIST, query);
          return pageReply(await list.execute(asked), presentPost, asked, url);
        },
      }),
      endpoint({
        name: 'publishPost',
        method: 'POST',
        path: '/posts',
        summary: 'Publishes a post',
        description: 'Everybody can read it from then on, signed in or not.',
        scope: 'posts:write',
        body: NewPost,
        returns: { 201: Post },
        problems: [],
        cache: 'private',
        async handle({ body, principal }) {
          const id = await publish.execute(body, principal);
          return created(`/posts/${id}`, presentPost(await read.execute(id)));
        },
      }),
      endpoint({
        name: 'readPost',
        method: 'GET',
        path: '/posts/:id',
        summary: 'Shows a post',
        params: IdParams,
        returns: { 200: Post },
        problems: ['posts.not_found'],
        cache: 'public',
        madeOf: ['posts', 'people'],
        handle: ({ params }) => show(params.id),
      }),
      endpoint({
        name: 'replacePost',
        method: 'PUT',
        path: '/posts/:id',
        summary: 'Replaces a post',
        description: 'Only its author can.',
        scope: 'posts:write',
        params: IdParams,
        body: NewPost,
        returns: { 200: Post },
        problems: ['posts.not_found', 'posts.not_author'],
        cache: 'private',
        async handle({ params, body, expectedVersion, principal }) {
          await edit.execute({ postId: params.id, text: body, expectedVersion }, principal);
          return show(params.id);
        },
      }),
      endpoint({
        name: 'editPost',
        method: 'PATCH',
        path: '/posts/:id',
        summary: 'Changes parts of a post',
        description: 'Only its author can. A JSON merge patch (RFC 7396).',
        scope: 'posts:write',
        params: IdParams,
        body: PostPatch,
        returns: { 200: Post },
        problems: ['posts.not_found', 'posts.not_author'],
        cache: 'private',
        async handle({ params, body, expectedVersion, principal }) {
          await edit.execute({ postId: params.id, text: body, expectedVersion }, principal);
          return show(params.id);
        },
      }),
      endpoint({
        name: 'deletePost',
        method: 'DELETE',
        path: '/posts/:id',
        summary: 'Deletes a post',
        description: 'Only its author can, and for good.',
        scope: 'posts:write',
        params: IdParams,
        returns: { 204: null },
        problems: ['posts.not_found', 'posts.not_author'],
        cache: 'private',
        async handle({ params, expectedVersion, principal }) {
          await remove.execute({ postId: params.id, expectedVersion }, principal);
          return noContent();
        },
      }),
    ],
  };
}
