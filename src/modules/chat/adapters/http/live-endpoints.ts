import Type from 'typebox';
import type { Principal } from '../../../../kernel/principal.ts';
import { type Endpoint, ok } from '../../../../platform/http/endpoint.ts';
import { IdParams } from '../../../../platform/http/schemas.ts';
import type { FollowRoom } from '../../application/follow-room.ts';
import type { MessageReader, MessageView } from '../../application/ports.ts';
import type { LiveRooms } from '../live/live-rooms.ts';
import { notAfter, type Resume } from '../live/missed-messages.ts';
import { missedEvents, RoomStream } from '../live/room-stream.ts';
import { endpoint } from './chat-problems.ts';
import { Messages } from './message-endpoints.ts';
import { presentMessage, Rev, Seq } from './message-representation.ts';

export interface LiveParts {
  readonly follow: FollowRoom;
  readonly live: LiveRooms;
  readonly messages: MessageReader;
}

/** Milliseconds after which a stream says that it is still there: proxies end silent connections after a minute. */
const SIGN_OF_LIFE = 15_000;

/** Milliseconds after which a stream ends, and its client opens another: then it is looked again who asks. */
const LIFETIME = 600_000;

/** Seconds that a poll waits. */
const LONGEST_WAIT = 30;

/** Messages that a poll gets at once; who missed more asks again. */
const MOST_POLLED = 200;

/** What a client is asked to wait before it opens another stream, in milliseconds. */
const RETRY = 3000;

const Place = { after: Type.Optional(Seq), rev: Type.Optional(Rev) };

const StreamQuery = Type.Object(Place, { additionalProperties: false });

const PollQuery = Type.Object(
  {
    ...Place,
    wait: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: LONGEST_WAIT,
        default: LONGEST_WAIT,
        description: 'Seconds to wait for something new',
      }),
    ),
  },
  { additionalProperties: false },
);

export function liveEndpoints({ follow, live, messages }: LiveParts): readonly Endpoint[] {
  const followed = (roomId: string, resume: Resume, by: Principal) =>
    RoomStream.open(live, roomId, resume, by, room => follow.execute(room, by));
  return [
    endpoint({
      name: 'streamRoomEvents',
      method: 'GET',
      path: '/chat/rooms/:id/events',
      summary: 'Follows a room as server-sent events',
      description:
        'The events `message`, `edited` and `deleted` (HTML, section 9.2), each with the frame of the same name of `/docs/chat` as its data. `id` is the `seq` of the last message; whoever comes back with it as `Last-Event-ID` (or as `after`) gets what was missed, changes to earlier messages included, and after an event `gap` where that was too much only the last. `after=0` begins with the first message. The stream ends after ten minutes, and with the session.',
      scope: 'chat',
      params: IdParams,
      query: StreamQuery,
      returns: { 200: Type.String({ examples: ['event: message\nid: 1\ndata: {}\n\n'] }) },
      streams: 'text/event-stream',
      problems: ['chat.room_not_found'],
      cache: 'no-store',
      async handle({ params, query, headers, principal, signal }) {
        const { after = lastEventOf(headers['last-event-id']), rev } = query;
        const { stream, missed } = await followed(params.id, { after, rev }, principal);
        return {
          status: 200,
          headers: { 'X-Accel-Buffering': 'no' },
          stream: events(
            stream,
            `${missed.gap ? 'event: gap\ndata: {}\n\n' : ''}${missedEvents(missed)}`,
            signal,
          ),
        };
      },
    }),
    endpoint({
      name: 'pollRoom',
      method: 'GET',
      path: '/chat/rooms/:id/poll',
      summary: 'Waits for messages of a room',
      description:
        'Those after `after`, at once where there are any, and otherwise as soon as there are or after `wait` seconds, then without any. With `rev` also earlier ones that were changed since; the greatest `rev` of what comes is what to ask with next.',
      scope: 'chat',
      params: IdParams,
      query: PollQuery,
      returns: { 200: Messages },
      problems: ['chat.room_not_found'],
      cache: 'private',
      async handle({ params, query, principal, signal }) {
        const { after = 0, rev, wait = LONGEST_WAIT } = query;
        const { stream, missed: at } = await followed(params.id, {}, principal);
        try {
          const changed = rev === undefined ? [] : await messages.changed(params.id, after, rev, MOST_POLLED);
          // With the `rev` of a newer message the client would say that it had seen all changes, of which there are more.
          const isAll = changed.length < MOST_POLLED;
          const newer = isAll ? await messages.after(params.id, after, MOST_POLLED) : [];
          const found = [...changed, ...newer.filter(({ seq }) => seq <= at.seq)];
          const shown = (message: MessageView) => presentMessage(isAll ? notAfter(at.rev, message) : message);
          if (found.length > 0 || wait === 0) return ok({ results: found.map(shown) });
          const deliveries = (await stream.next(wait * 1000, signal)) ?? [];
          const items = deliveries.flatMap(({ items }) => items);
          // One that is known already may show a change, where this process has heard of it later than another.
          const wanted = items.filter(
            ({ type, seq }) => rev !== undefined || (type === 'message' && seq > after),
          );
          return ok({ results: wanted.map(({ text }) => withoutType(JSON.parse(text))) });
        } finally {
          stream.end();
        }
      },
    }),
  ];
}

/** A message's number, or nothing where it is none: the client then begins with what is new. */
function lastEventOf(header: string | readonly string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,9}$/.test(header) ? Number(header) : undefined;
}

const withoutType = ({ type: _, ...message }: Readonly<Record<string, unknown>>) => message;

async function* events(stream: RoomStream, missed: string, signal: AbortSignal): AsyncGenerator<string> {
  const until = performance.now() + LIFETIME;
  try {
    yield `retry: ${RETRY}\n\n${missed}`;
    while (performance.now() < until) {
      const deliveries = await stream.next(SIGN_OF_LIFE, signal);
      if (!deliveries) return;
      yield deliveries.length === 0 ? ': here\n\n' : deliveries.map(({ events }) => events).join('');
    }
  } finally {
    stream.end();
  }
}
