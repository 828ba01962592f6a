import type { Clock } from '../../../kernel/clock.ts';
import { DomainError } from '../../../kernel/errors.ts';
import type { Ids } from '../../../kernel/ids.ts';
import type { UserId } from '../../../kernel/principal.ts';
import { RoomNotFound } from '../domain/errors.ts';
import type { Message, MessageContent } from '../domain/message.ts';
import type { RoomId } from '../domain/room.ts';
import type { RoomLog } from '../domain/room-log.ts';
import { roomMemberId } from '../domain/room-member.ts';
import { messagesChanged } from './events.ts';
import { messageView } from './message-view.ts';
import type { ChatWork, MessageView, SentKey } from './ports.ts';
import { type Place, whoMaySee } from './who-may-see.ts';

/** One message that somebody wants to send. */
export interface Posting {
  readonly roomId: RoomId;
  readonly authorId: UserId;
  readonly content: MessageContent;
}

/** What has become of one: the message, or why there is none. */
export type Posted = MessageView | DomainError;

/**
 * Stores messages of any people to any rooms in one transaction: many cost hardly more than one. Each is taken or refused by itself.
 *
 * - Whoever may see a room may talk in it: everybody in a public one, its people in a team's, members in theirs. For everybody
 *   else there is none.
 * - Nothing is sent to an archived room.
 * - Each message has its room's next number; no number is left out, and none comes twice.
 * - A message with the client id of an earlier one of its author in the room is that one, whatever it says.
 */
export class PostMessages {
  private readonly work: ChatWork;
  private readonly ids: Ids;
  private readonly clock: Clock;

  constructor(work: ChatWork, ids: Ids, clock: Clock) {
    this.work = work;
    this.ids = ids;
    this.clock = clock;
  }

  /** `take` is asked once for what is to be stored, when the transaction has begun: so what came while it waited goes along. */
  async execute(take: () => readonly Posting[]): Promise<readonly Posted[]> {
    let taken: readonly Posting[] | undefined;
    return this.work.run(
      async repositories => {
        taken ??= take();
        const postings = taken;
        const { logs, messages, people, events } = repositories;
        const rooms = await logs.lockAll([...new Set(postings.map(({ roomId }) => roomId))]);
        const [allowed, sent, names] = await Promise.all([
          whoMaySee(placesOf(postings, rooms), repositories),
          messages.sent(postings.map(keyOf)),
          people.names([...new Set(postings.map(({ authorId }) => authorId))]),
        ]);
        const known = new Map(sent.map(message => [nameOf(message), messageView(message, names)]));
        const added: Message[] = [];
        const told: MessageView[] = [];
        const posted = postings.map(posting => {
          const key = nameOf(keyOf(posting));
          const room = rooms.get(posting.roomId);
          if (!room || !allowed.has(placeOf(posting))) return new RoomNotFound();
          const before = known.get(key);
          if (before) return before;
          const message = this.postedIn(room, posting);
          if (message instanceof DomainError) return message;
          const view = messageView(message, names);
          added.push(message);
          told.push(view);
          known.set(key, view);
          return view;
        });
        const grown = new Set(added.map(({ roomId }) => rooms.get(roomId) as RoomLog));
        await Promise.all([messages.addAll(added), logs.saveAll([...grown])]);
        if (told.length > 0) events.record(messagesChanged(told));
        return posted;
      },
      { retry: true },
    );
  }

  private postedIn(room: RoomLog, { authorId, content }: Posting): Message | DomainError {
    try {
      return room.post(this.ids.next(), authorId, content, this.clock.now());
    } catch (error) {
      if (error instanceof DomainError) return error;
      throw error;
    }
  }
}

const placeOf = ({ roomId, authorId }: Pick<Posting, 'roomId' | 'authorId'>) =>
  roomMemberId(roomId, authorId);

function* placesOf(postings: readonly Posting[], rooms: ReadonlyMap<RoomId, RoomLog>): Generator<Place> {
  for (const { roomId, authorId: userId } of postings) {
    const room = rooms.get(roomId);
    if (room) yield { roomId, userId, kind: room.kind, teamId: room.teamId };
  }
}

const keyOf = ({ roomId, authorId, content: { clientId } }: Posting): SentKey => ({
  roomId,
  authorId,
  clientId,
});

const nameOf = ({ roomId, authorId, clientId }: SentKey) => `${roomId}.${authorId}.${clientId}`;
