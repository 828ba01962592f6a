import type { Id } from '../../../kernel/ids.ts';
import type { UserId } from '../../../kernel/principal.ts';
import { searchWords } from '../../../kernel/search-words.ts';
import { boundedText, type TextBounds } from '../../../kernel/text.ts';
import type { TeamId } from '../../roster/index.ts';
import { BlankTitle, DueInThePast, NotTaskAuthor } from './errors.ts';

export type TaskId = Id<'task'>;

export const TASK_TITLE: TextBounds = { min: 3, max: 50 };
export const TASK_DESCRIPTION: TextBounds = { min: 0, max: 500 };

export interface TaskContent {
  readonly title: string;
  readonly description: string | null;
  readonly dueDate: Date | null;
  readonly completed: boolean;
  readonly assigneeId: UserId | null;
  readonly teamId: TeamId | null;
}

export type TaskField = keyof TaskContent;

const FIELDS: readonly TaskField[] = ['title', 'description', 'dueDate', 'completed', 'assigneeId', 'teamId'];

/** What one field was, and what it is now. */
export interface FieldChange {
  readonly field: TaskField;
  readonly before: TaskContent[TaskField];
  readonly after: TaskContent[TaskField];
}

/** Something to be done, by its assignee or whoever of its team. */
export class Task {
  readonly id: TaskId;
  readonly authorId: UserId;
  title: string;
  description: string | null;
  dueDate: Date | null;
  completed: boolean;
  assigneeId: UserId | null;
  teamId: TeamId | null;
  readonly createdAt: Date;
  updatedAt: Date;
  readonly version = 1;

  /** @throws BlankTitle, DueInThePast, InvalidText */
  constructor(id: TaskId, authorId: UserId, content: TaskContent, now: Date) {
    const { title, description, dueDate, completed, assigneeId, teamId } = checked(content);
    if (dueDate && dueDate < now) throw new DueInThePast();
    this.id = id;
    this.authorId = authorId;
    this.title = title;
    this.description = description;
    this.dueDate = dueDate;
    this.completed = completed;
    this.assigneeId = assigneeId;
    this.teamId = teamId;
    this.createdAt = now;
    this.updatedAt = now;
  }

  /**
   * Changes what differs, and says what did; a change to the same leaves no trace. The author may change everything, the
   * assignee whether it is done, and nobody else anything.
   * @throws NotTaskAuthor, BlankTitle, InvalidText
   */
  change(content: Partial<TaskContent>, by: UserId, now: Date): readonly FieldChange[] {
    const next = checked({ ...this.content, ...content });
    const changes = FIELDS.filter(field => !isSame(this[field], next[field])).map(field => ({
      field,
      before: this[field],
      after: next[field],
    }));
    const completes = by === this.assigneeId && changes.every(({ field }) => field === 'completed');
    if (by !== this.authorId && !completes) throw new NotTaskAuthor();
    if (changes.length > 0) Object.assign(this, next, { updatedAt: now });
    return changes;
  }

  /** The words that a search finds this task by. */
  get searchText(): string {
    return searchWords(`${this.title} ${this.description ?? ''}`).join(' ');
  }

  /** @throws NotTaskAuthor */
  requireAuthor(by: UserId): void {
    if (by !== this.authorId) throw new NotTaskAuthor();
  }

  private get content(): TaskContent {
    const { title, description, dueDate, completed, assigneeId, teamId } = this;
    return { title, description, dueDate, completed, assigneeId, teamId };
  }
}

function checked(content: TaskContent): TaskContent {
  const { title, description } = content;
  if (title !== '' && title.trim() === '') throw new BlankTitle();
  return {
    ...content,
    title: boundedText('title', title, TASK_TITLE),
    description: description === null ? null : boundedText('description', description, TASK_DESCRIPTION),
  };
}

function isSame(one: TaskContent[TaskField], other: TaskContent[TaskField]): boolean {
  return one instanceof Date && other instanceof Date ? one.getTime() === other.getTime() : one === other;
}
