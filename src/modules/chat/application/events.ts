import type { IntegrationEvent } from '../../../kernel/events.ts';
import type { UserId } from '../../../kernel/principal.ts';
import type { RoomId } from '../domain/room.ts';
import type { MessageView } from './ports.ts';

/** A message as it goes to other processes: times in milliseconds since 1970. */
export interface ChangedMessage extends Omit<MessageView, 'sentAt' | 'editedAt' | 'clientId' | 'version'> {
  readonly sentAt: number;
  readonly editedAt: number | null;
}

/** Messages were sent, edited or deleted; those of one room in the order of `rev`. */
export interface MessagesChanged extends IntegrationEvent {
  readonly type: 'chat.messages_changed';
  readonly messages: readonly ChangedMessage[];
}

export function messagesChanged(messages: readonly MessageView[]): MessagesChanged {
  return { type: 'chat.messages_changed', messages: messages.map(changedMessage) };
}

function changedMessage({ clientId: _, version: __, ...message }: MessageView): ChangedMessage {
  return {
    ...message,
    sentAt: message.sentAt.getTime(),
    editedAt: message.editedAt?.getTime() ?? null,
  };
}

/** Somebody is in a room no longer. */
export interface MemberRemoved extends IntegrationEvent {
  readonly type: 'chat.member_removed';
  readonly roomId: RoomId;
  readonly userId: UserId;
}

/** Somebody has read a room this far. */
export interface RoomRead extends IntegrationEvent {
  readonly type: 'chat.room_read';
  readonly roomId: RoomId;
  readonly userId: UserId;
  readonly seq: number;
}
