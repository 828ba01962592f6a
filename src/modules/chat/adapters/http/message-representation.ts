import Type from 'typebox';
import { Timestamp, Uuid } from '../../../../platform/http/schemas.ts';
import { timestamp } from '../../../../platform/http/timestamp.ts';
import type { MessageView, PastTextView, UnreadView } from '../../application/ports.ts';
import { MOST_UNREAD } from '../../domain/limits.ts';
import { CLIENT_ID, MESSAGE_TEXT } from '../../domain/message.ts';

export const MessageText = Type.String({
  minLength: MESSAGE_TEXT.min,
  maxLength: MESSAGE_TEXT.max,
  examples: ['The tomatoes are ripe.'],
});

export const ClientId = Type.String({
  minLength: CLIENT_ID.min,
  maxLength: CLIENT_ID.max,
  description: 'What the client calls the message: sent again under the same, it is the same message',
  examples: ['c7b0a1de-1'],
});

export const Seq = Type.Integer({
  minimum: 0,
  maximum: 2_147_483_647,
  description: 'Number of a message in its room, from 1 on without a gap',
  examples: [12],
});

export const Rev = Type.Integer({
  minimum: 0,
  maximum: 2_147_483_647,
  description: 'Number of a change to the room: every new message, edit and deletion has the next',
  examples: [14],
});

export const Author = Type.Object(
  { id: Uuid, name: Type.String({ examples: ['alice'] }) },
  { title: 'Author', additionalProperties: false },
);

/** What all frames and answers show of a message. */
export const MESSAGE_FIELDS = {
  id: Uuid,
  room: Uuid,
  seq: Seq,
  rev: Rev,
  author: Author,
  text: Type.String({ maxLength: MESSAGE_TEXT.max, examples: ['The tomatoes are ripe.'] }),
  sent_at: Timestamp,
  edited_at: Type.Optional(Timestamp),
  deleted: Type.Optional(
    Type.Boolean({ description: 'Only where it is: then its text is empty', examples: [true] }),
  ),
};

export const Message = Type.Object(MESSAGE_FIELDS, { title: 'Message', additionalProperties: false });

export const NewMessage = Type.Object(
  { text: MessageText, client_id: ClientId },
  { title: 'NewMessage', additionalProperties: false },
);

export const MessagePatch = Type.Object(
  { text: Type.Optional(MessageText) },
  { title: 'MessagePatch', additionalProperties: false },
);

export const PastText = Type.Object(
  { text: Type.String({ examples: ['The tomatos are ripe.'] }), replaced_at: Timestamp },
  { title: 'PastText', additionalProperties: false },
);

export const UnreadRoom = Type.Object(
  {
    room: Uuid,
    seq: Seq,
    read: Seq,
    unread: Type.Integer({
      minimum: 0,
      maximum: MOST_UNREAD,
      description: `Messages of others after \`read\`; ${MOST_UNREAD} stands for that many or more`,
      examples: [3],
    }),
  },
  { title: 'UnreadRoom', additionalProperties: false },
);

/** A message as it was read, or as it came from another process. */
export type ShownMessage = Pick<
  MessageView,
  'id' | 'roomId' | 'seq' | 'rev' | 'authorId' | 'authorName' | 'text' | 'deleted'
> & { readonly sentAt: Date | number; readonly editedAt: Date | number | null };

export const presentMessage = (message: ShownMessage) => ({
  id: message.id,
  room: message.roomId,
  seq: message.seq,
  rev: message.rev,
  author: { id: message.authorId, name: message.authorName },
  text: message.text,
  sent_at: timestamp(new Date(message.sentAt)),
  ...(message.editedAt !== null && { edited_at: timestamp(new Date(message.editedAt)) }),
  ...(message.deleted && { deleted: true }),
});

export const presentPastText = ({ text, createdAt }: PastTextView) => ({
  text,
  replaced_at: timestamp(createdAt),
});

export const presentUnread = ({ roomId: room, seq, read, unread }: UnreadView) => ({
  room,
  seq,
  read,
  unread,
});
