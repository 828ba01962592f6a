import type { Id } from '../../../kernel/ids.ts';
import type { UserId } from '../../../kernel/principal.ts';
import { boundedText, type TextBounds } from '../../../kernel/text.ts';

export type TodoId = Id<'todo'>;

export const TODO_TEXT: TextBounds = { min: 1, max: 500 };

export interface TodoContent {
  readonly text: string;
  readonly completed: boolean;
}

/** A line on one person's own list. */
export class Todo {
  readonly id: TodoId;
  readonly userId: UserId;
  text: string;
  completed: boolean;
  readonly createdAt: Date;
  updatedAt: Date;
  readonly version = 1;

  constructor(id: TodoId, userId: UserId, content: TodoContent, now: Date) {
    this.id = id;
    this.userId = userId;
    this.text = boundedText('text', content.text, TODO_TEXT);
    this.completed = content.completed;
    this.createdAt = now;
    this.updatedAt = now;
  }

  /** What `content` leaves out stays as it is; a change to the same leaves no trace. */
  change(content: Partial<TodoContent>, now: Date): void {
    const { text = this.text, completed = this.completed } = content;
    if (text === this.text && completed === this.completed) return;
    this.text = boundedText('text', text, TODO_TEXT);
    this.completed = completed;
    this.updatedAt = now;
  }
}
