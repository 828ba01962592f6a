import Type from 'typebox';
import { created, type Endpoint, noContent, ok } from '../../../../platform/http/endpoint.ts';
import { listQuery, pageOf, pageReply, toListQuery } from '../../../../platform/http/list-endpoint.ts';
import { IdParams, Uuid } from '../../../../platform/http/schemas.ts';
import type { ChangeMessage } from '../../application/change-message.ts';
import type { MarkRead, ReadUnread } from '../../application/mark-read.ts';
import { MESSAGE_LIST, PAST_TEXT_LIST } from '../../application/ports.ts';
import type { ReadMessages } from '../../application/read-messages.ts';
import type { SendMessage } from '../../application/send-message.ts';
import { endpoint } from './chat-problems.ts';
import {
  Message,
  MessagePatch,
  NewMessage,
  PastText,
  presentMessage,
  presentPastText,
  presentUnread,
  Seq,
  UnreadRoom,
} from './message-representation.ts';

export interface MessageUseCases {
  readonly read: ReadMessages;
  readonly send: SendMessage;
  readonly change: ChangeMessage;
  readonly markRead: MarkRead;
  readonly unread: ReadUnread;
}

/** Messages of a room that come at once. */
const LIMIT = { most: 200, usual: 50 };

export const resultsOf = (item: Type.TSchema, title: string) =>
  Type.Object({ results: Type.Array(item) }, { title, additionalProperties: false });

export const Messages = resultsOf(Message, 'Messages');

const RoomMessages = Type.Object(
  {
    before: Type.Optional(Seq),
    after: Type.Optional(Seq),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMIT.most, default: LIMIT.usual })),
  },
  { additionalProperties: false },
);

const searchable = listQuery(MESSAGE_LIST, { room: Uuid, author: Uuid }, { keyset: true });

const SearchQuery = Type.Object(
  {
    ...searchable.properties,
    q: Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'Words; each must begin a word of the text.',
    }),
  },
  { additionalProperties: false },
);

const ReadUpTo = Type.Object({ seq: Seq }, { title: 'ReadUpTo', additionalProperties: false });

export function messageEndpoints(useCases: MessageUseCases): readonly Endpoint[] {
  const { read, send, change, markRead, unread } = useCases;
  return [
    endpoint({
      name: 'listRoomMessages',
      method: 'GET',
      path: '/chat/rooms/:id/messages',
      summary: 'Shows messages of a room',
      description:
        'In the order of their numbers: the first after `after`, the last before `before`, or the last of all. Deleted ones are shown without what they said.',
      scope: 'chat',
      params: IdParams,
      query: RoomMessages,
      returns: { 200: Messages },
      problems: ['chat.room_not_found'],
      cache: 'private',
      async handle({ params, query, principal }) {
        const { before, after, limit = LIMIT.usual } = query;
        const found = await read.of({ roomId: params.id, before, after, limit }, principal);
        return ok({ results: found.map(presentMessage) });
      },
    }),
    endpoint({
      name: 'sendMessage',
      method: 'POST',
      path: '/chat/rooms/:id/messages',
      summary: 'Sends a message to a room',
      description:
        'Whoever may see a room may talk in it, unless it is archived. Sent again under the same `client_id` in the same room, it is the same message: the answer is the one that there is, and nothing else happens. So it takes no `Idempotency-Key`.',
      scope: 'chat',
      params: IdParams,
      body: NewMessage,
      returns: { 201: Message },
      problems: ['chat.room_not_found', 'chat.room_archived'],
      cache: 'private',
      keyedByBody: true,
      async handle({ params, body, principal }) {
        const { text, client_id: clientId } = body;
        const message = await send.execute({ roomId: params.id, content: { text, clientId } }, principal);
        return created(`/chat/messages/${message.id}`, presentMessage(message));
      },
    }),
    endpoint({
      name: 'searchMessages',
      method: 'GET',
      path: '/chat/messages',
      summary: 'Searches the messages of all rooms that you may see',
      description:
        'Those in whose text each word of `q` begins a word, the newest first; `room` keeps those of one room, `author` those of one person.',
      scope: 'chat',
      query: SearchQuery,
      returns: { 200: pageOf(Message, 'PageOfMessages', { keyset: true }) },
      problems: [],
      cache: 'private',
      async handle({ query, url, principal }) {
        const asked = toListQuery(MESSAGE_LIST, query);
        return pageReply(await read.search(asked, principal), presentMessage, asked, url);
      },
    }),
    endpoint({
      name: 'readMessage',
      method: 'GET',
      path: '/chat/messages/:id',
      summary: 'Shows a message',
      scope: 'chat',
      params: IdParams,
      returns: { 200: Message },
      problems: ['chat.message_not_found'],
      cache: 'private',
      async handle({ params, principal }) {
        const message = await read.one(params.id, principal);
        return ok(presentMessage(message), message.version);
      },
    }),
    endpoint({
      name: 'editMessage',
      method: 'PATCH',
      path: '/chat/messages/:id',
      summary: 'Edits a message',
      description:
        'A JSON merge patch (RFC 7396). Only its author can. What it said before is kept. A deleted message stays as it is, and so does one in an archived room.',
      scope: 'chat',
      params: IdParams,
      body: MessagePatch,
      returns: { 200: Message },
      problems: ['chat.message_not_found', 'chat.not_author', 'chat.message_deleted', 'chat.room_archived'],
      cache: 'private',
      async handle({ params, body, expectedVersion, principal }) {
        const command = { messageId: params.id, expectedVersion };
        return ok(presentMessage(await change.edit(command, body.text, principal)));
      },
    }),
    endpoint({
      name: 'deleteMessage',
      method: 'DELETE',
      path: '/chat/messages/:id',
      summary: 'Deletes a message',
      description:
        'Only its author can. What it says is gone, and what it said before it was edited; that there was a message stays, with its number. Done twice, it is as if it were done once.',
      scope: 'chat',
      params: IdParams,
      returns: { 204: null },
      problems: ['chat.message_not_found', 'chat.not_author', 'chat.room_archived'],
      cache: 'private',
      async handle({ params, expectedVersion, principal }) {
        await change.delete({ messageId: params.id, expectedVersion }, principal);
        return noContent();
      },
    }),
    endpoint({
      name: 'listMessageHistory',
      method: 'GET',
      path: '/chat/messages/:id/history',
      summary: 'Shows what a message said before it was edited',
      description: 'The last first. Of a deleted message there is nothing.',
      scope: 'chat',
      params: IdParams,
      query: listQuery(PAST_TEXT_LIST, {}, { keyset: true }),
      returns: { 200: pageOf(PastText, 'PageOfPastTexts', { keyset: true }) },
      problems: ['chat.message_not_found'],
      cache: 'private',
      async handle({ params, query, url, principal }) {
        const asked = toListQuery(PAST_TEXT_LIST, query);
        return pageReply(await read.history(params.id, asked, principal), presentPastText, asked, url);
      },
    }),
    endpoint({
      name: 'markRoomRead',
      method: 'PUT',
      path: '/chat/rooms/:id/read',
      summary: 'Notes how far you have read a room',
      description: 'It only goes forward, and not past the last message. The answer is where it is.',
      scope: 'chat',
      params: IdParams,
      body: ReadUpTo,
      returns: { 200: ReadUpTo },
      problems: ['chat.room_not_found'],
      cache: 'private',
      async handle({ params, body, principal }) {
        return ok({ seq: await markRead.execute({ roomId: params.id, seq: body.seq }, principal) });
      },
    }),
    endpoint({
      name: 'listUnread',
      method: 'GET',
      path: '/chat/unread',
      summary: 'Shows how far you have read your rooms, and how much there is left',
      description:
        'Rooms that you are a member of and those of your teams, the newest 1,000. `unread` counts messages of others.',
      scope: 'chat',
      returns: { 200: resultsOf(UnreadRoom, 'UnreadRooms') },
      problems: [],
      cache: 'private',
      async handle({ principal }) {
        return ok({ results: (await unread.execute(principal)).map(presentUnread) });
      },
    }),
  ];
}
