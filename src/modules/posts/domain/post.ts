import type { Id } from '../../../kernel/ids.ts';
import type { UserId } from '../../../kernel/principal.ts';
import { searchWords } from '../../../kernel/search-words.ts';
import { boundedText, type TextBounds } from '../../../kernel/text.ts';
import { NotPostAuthor } from './errors.ts';

export type PostId = Id<'post'>;

export const POST_TITLE: TextBounds = { min: 1, max: 200 };
export const POST_CONTENT: TextBounds = { min: 1, max: 100_000 };

export interface PostText {
  readonly title: string;
  readonly content: string;
}

/** A blog post: everybody may read it, only its author changes it. */
export class Post {
  readonly id: PostId;
  readonly authorId: UserId;
  title: string;
  content: string;
  readonly createdAt: Date;
  updatedAt: Date;
  readonly version = 1;

  constructor(id: PostId, authorId: UserId, text: PostText, now: Date) {
    this.id = id;
    this.authorId = authorId;
    this.title = boundedText('title', text.title, POST_TITLE);
    this.content = boundedText('content', text.content, POST_CONTENT);
    this.createdAt = now;
    this.updatedAt = now;
  }

  /** The words that a search finds this post by. */
  get searchText(): string {
    return searchWords(`${this.title} ${this.content}`).join(' ');
  }

  /** What `text` leaves out stays as it is; an edit that changes nothing leaves no trace. */
  edit(text: Partial<PostText>, now: Date): void {
    const { title = this.title, content = this.content } = text;
    if (title === this.title && content === this.content) return;
    this.title = boundedText('title', title, POST_TITLE);
    this.content = boundedText('content', content, POST_CONTENT);
    this.updatedAt = now;
  }

  /** @throws NotPostAuthor */
  requireAuthor(userId: UserId): void {
    if (this.authorId !== userId) throw new NotPostAuthor();
  }
}
