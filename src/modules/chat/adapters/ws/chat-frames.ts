import Type, { type TObject, type TProperties } from 'typebox';
import { Uuid } from '../../../../platform/http/schemas.ts';
import {
  Author,
  ClientId,
  MESSAGE_FIELDS,
  Message,
  MessageText,
  Rev,
  Seq,
} from '../http/message-representation.ts';
import { MOST_MISSED } from '../live/missed-messages.ts';

/** Messages that may come with joining a room. */
const MOST_HISTORY = 200;

const closed = { additionalProperties: false };

const frame = <const Name extends string, const Fields extends TProperties>(type: Name, fields: Fields) =>
  Type.Object({ type: Type.Literal(type), ...fields }, closed);

/** Frames that clients send. */
export const JOIN = frame('join', {
  room: Uuid,
  after: Type.Optional(Seq),
  rev: Type.Optional(Rev),
  history: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: MOST_HISTORY,
      description: 'Without `after`: so many of the last',
      examples: [20],
    }),
  ),
});
export const SEND = frame('send', { room: Uuid, client_id: ClientId, text: MessageText });
export const LEAVE = frame('leave', { room: Uuid });
export const TYPING = frame('typing', { room: Uuid });
export const READ = frame('read', { room: Uuid, seq: Seq });

const { id, room, seq, rev, author, text, sent_at, edited_at, deleted } = MESSAGE_FIELDS;
const message = { room, seq, rev, id, author, text, sent_at, edited_at, deleted };

const sent = <const Schema extends TObject>(type: string, summary: string, schema: Schema) => ({
  type,
  summary,
  schema,
});

/** Frames that the server sends; their types are what the browser's client goes by. */
export const SENT = [
  sent(
    'welcome',
    'Comes first',
    frame('welcome', {
      user_id: Uuid,
      heartbeat_ms: Type.Integer({
        description: 'The server pings (RFC 6455, section 5.5.2) this often, and wants to be answered',
        examples: [30000],
      }),
      max_frame_bytes: Type.Integer({ examples: [65536] }),
    }),
  ),
  sent(
    'joined',
    'The room is followed from here on',
    frame('joined', {
      room: Uuid,
      seq: Seq,
      rev: Rev,
      members: Type.Array(Author, { description: 'Who is there; some of them where they are very many' }),
      messages: Type.Array(Message, { description: 'After `after`, or the last' }),
      changes: Type.Array(Message, { description: 'Earlier ones that were changed after `rev`' }),
      gap: Type.Boolean({
        description: `More than ${MOST_MISSED} were missed: these are the last; ask for the rest`,
        examples: [false],
      }),
    }),
  ),
  sent(
    'ack',
    'The message is stored',
    frame('ack', { client_id: ClientId, id: Uuid, seq: Seq, sent_at: MESSAGE_FIELDS.sent_at }),
  ),
  sent('message', 'Somebody said something', frame('message', message)),
  sent('edited', 'A message says something else', frame('edited', message)),
  sent('deleted', 'A message was deleted', frame('deleted', message)),
  sent(
    'left',
    'The room is not followed any more',
    frame('left', {
      room: Uuid,
      reason: Type.Optional(
        Type.String({ description: 'Where the client did not ask for it', examples: ['removed'] }),
      ),
    }),
  ),
  sent('typing', 'Somebody else is typing', frame('typing', { room: Uuid, user: Author })),
  sent('read', 'You have read so far, perhaps on another device', frame('read', { room: Uuid, seq: Seq })),
  sent(
    'presence',
    'Who has come and gone, gathered for a second',
    frame('presence', { room: Uuid, joined: Type.Array(Author), left: Type.Array(Author) }),
  ),
  sent(
    'batch',
    'Several frames, in order, which come as one where there are many',
    frame('batch', { frames: Type.Array(Type.Object({ type: Type.String({ examples: ['message'] }) })) }),
  ),
  sent(
    'error',
    'A frame could not be followed; the socket stays open',
    frame('error', {
      code: Type.String({
        description: 'As in the problems of the REST API',
        examples: ['chat.room_not_found'],
      }),
      detail: Type.String({ examples: ['There is no such room among those that you may see.'] }),
      client_id: Type.Optional(
        Type.String({ description: 'That of the frame, be it good or not', examples: ['c7b0a1de-1'] }),
      ),
    }),
  ),
];
