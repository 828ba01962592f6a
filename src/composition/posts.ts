import { ContainerModule } from 'inversify';
import { postData } from '../modules/posts/adapters/http/post-data.ts';
import { postApi } from '../modules/posts/adapters/http/post-endpoints.ts';
import { inMemoryPosts } from '../modules/posts/adapters/memory/in-memory-posts.ts';
import { mikroOrmPosts } from '../modules/posts/adapters/mikro-orm/mikro-orm-posts.ts';
import { PostSchema } from '../modules/posts/adapters/mikro-orm/post-schema.ts';
import { postSteps } from '../modules/posts/adapters/mikro-orm/schema-steps.ts';
import { DeletePost } from '../modules/posts/application/delete-post.ts';
import { EditPost } from '../modules/posts/application/edit-post.ts';
import { ListPosts } from '../modules/posts/application/list-posts.ts';
import { PublishPost } from '../modules/posts/application/publish-post.ts';
import { ReadPost } from '../modules/posts/application/read-post.ts';
import { onStorage } from '../platform/storage.ts';
import type { BoundedContext } from './context.ts';
import { bind } from './token.ts';
import { tokens } from './tokens.ts';

const module = new ContainerModule(options => {
  bind(options, tokens.postStorage, storage => onStorage(storage, inMemoryPosts, mikroOrmPosts), [
    tokens.storage,
  ]);
  bind(
    options,
    tokens.postApi,
    ({ work, reader }, ids, clock) =>
      postApi({
        publish: new PublishPost(work, ids, clock),
        edit: new EditPost(work, clock),
        remove: new DeletePost(work),
        read: new ReadPost(reader),
        list: new ListPosts(reader),
      }),
    [tokens.postStorage, tokens.ids, tokens.clock],
  );
  bind(options, tokens.postData, ({ reader }) => postData(reader), [tokens.postStorage]);
});

export const postsContext: BoundedContext = {
  module,
  schema: { entities: [PostSchema], steps: postSteps },
  api: tokens.postApi,
  personalData: [tokens.postData],
};
