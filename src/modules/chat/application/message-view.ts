import type { Message } from '../domain/message.ts';
import type { MessageView, StoredMessage } from './ports.ts';

/** A message with the name of its author. Whoever has none any more wrote it without one. */
export function messageView(
  {
    id,
    roomId,
    seq,
    rev,
    sentRev,
    authorId,
    clientId,
    text,
    sentAt,
    editedAt,
    deleted,
    version,
  }: Message | StoredMessage,
  names: ReadonlyMap<string, string>,
): MessageView {
  const stored = {
    id,
    roomId,
    seq,
    rev,
    sentRev,
    authorId,
    clientId,
    text,
    sentAt,
    editedAt,
    deleted,
    version,
  };
  return { ...stored, authorName: names.get(authorId) ?? '' };
}
