import { allPages } from '../../../../kernel/all-pages.ts';
import type { ExportedData } from '../../../../platform/http/exported-data.ts';
import type { PostReader } from '../../application/ports.ts';
import { Post, presentPost } from './post-representation.ts';

/** A post may have 100,000 characters, so a page has few. */
const PER_PAGE = 10;

/** Posts are everybody's to read: they stay, and only their author's name goes. */
export function postData(reader: PostReader): ExportedData {
  return {
    name: 'posts',
    record: Post,
    export: author =>
      allPages(query => reader.list(query), { author }, { present: presentPost, perPage: PER_PAGE }),
    erase: async () => undefined,
  };
}
