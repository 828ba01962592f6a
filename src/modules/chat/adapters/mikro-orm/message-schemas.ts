import { EntitySchema } from '@mikro-orm/core';
import { Message } from '../../domain/message.ts';
import { PastText } from '../../domain/past-text.ts';
import { ReadMark } from '../../domain/read-mark.ts';

/** `seq` and `rev` are columns of their own names: what searches by words has a `seq` too, which is of all messages. */
export const MessageSchema = new EntitySchema<Message>({
  class: Message,
  tableName: 'messages',
  properties: {
    id: { type: 'uuid', primary: true },
    roomId: { type: 'uuid' },
    seq: { type: 'integer', fieldName: 'room_seq' },
    rev: { type: 'integer', fieldName: 'room_rev' },
    sentRev: { type: 'integer' },
    authorId: { type: 'uuid' },
    clientId: { type: 'text' },
    text: { type: 'text' },
    searchText: { type: 'text', getter: true, hydrate: false },
    sentAt: { type: 'Date' },
    editedAt: { type: 'Date', nullable: true },
    deleted: { type: 'boolean' },
    version: { type: 'integer', version: true },
  },
});

export const PastTextSchema = new EntitySchema<PastText>({
  class: PastText,
  tableName: 'message_past_texts',
  properties: {
    id: { type: 'uuid', primary: true },
    messageId: { type: 'uuid' },
    text: { type: 'text' },
    createdAt: { type: 'Date' },
    version: { type: 'integer', version: true },
  },
});

export const ReadMarkSchema = new EntitySchema<ReadMark>({
  class: ReadMark,
  tableName: 'read_marks',
  properties: {
    id: { type: 'text', primary: true },
    roomId: { type: 'uuid' },
    userId: { type: 'uuid' },
    seq: { type: 'integer' },
    updatedAt: { type: 'Date' },
    version: { type: 'integer', version: true },
  },
});
