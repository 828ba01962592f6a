import type { ChatError } from './chat-error.ts';
import type { ChatMessage, Person } from './frames.ts';
import type { PendingMessage, SentMessage } from './outbox.ts';

/** `away`: there is no connection just now. `left`: for good; `failure` says why where nobody asked for it. */
export type RoomState = 'joining' | 'joined' | 'away' | 'left';

/** A room as its client sees it. */
export interface Room {
  readonly id: string;
  readonly state: RoomState;
  readonly failure: ChatError | undefined;
  /** In order, each once; a new list where something has changed. */
  readonly messages: readonly ChatMessage[];
  /** What was said here and is not among the messages yet, in order. */
  readonly pending: readonly PendingMessage[];
  /** The last message and the last change. */
  readonly seq: number;
  readonly rev: number;
  /** False where some messages after the first were missed, or may have been changed: `complete` loads them. */
  readonly isComplete: boolean;
  /** Who is there. */
  readonly members: readonly Person[];
  readonly typing: readonly Person[];
  /** Up to where it was read, as far as the server has said. */
  readonly readSeq: number;
  /** Calls the listener when anything has changed; returns what ends that. */
  subscribe(listener: () => void): () => void;
  /**
   * Resolves once it has been joined.
   * @throws ChatError where it cannot be, or was left before
   */
  joined(): Promise<void>;
  /**
   * Resolves once the message is stored.
   * @throws ChatError
   */
  send(text: string): Promise<SentMessage>;
  /** Tells others; as often as you like. */
  typed(): void;
  markRead(seq: number): void;
  leave(): void;
  /** Loads what was missed. What the loading throws comes back. */
  complete(): Promise<void>;
  /** Loads some that are older; false where there are none, or no place for more. */
  loadOlder(): Promise<boolean>;
}
