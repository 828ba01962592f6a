import type { Principal } from '../../../kernel/principal.ts';
import { MessageNotFound, RoomNotFound } from '../domain/errors.ts';
import type { MessageId } from '../domain/message.ts';
import type { ChatStorage, MessageView } from './ports.ts';
import { visibleRoom } from './visible-room.ts';

/** What it takes to know who sees what. */
export type ChatReaders = Pick<ChatStorage, 'rooms' | 'messages' | 'directory'>;

/**
 * The message, if whoever asks may see its room.
 * @throws MessageNotFound
 */
export async function visibleMessage(
  id: MessageId,
  by: Principal,
  { rooms, messages, directory }: ChatReaders,
): Promise<MessageView> {
  const message = await messages.find(id);
  if (!message) throw new MessageNotFound();
  await visibleRoom(message.roomId, by, rooms, directory).catch(error => {
    throw error instanceof RoomNotFound ? new MessageNotFound() : error;
  });
  return message;
}
