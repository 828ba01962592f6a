import { allPages } from '../../../../kernel/all-pages.ts';
import type { ExportedData } from '../../../../platform/http/exported-data.ts';
import type { ForgetReading } from '../../application/forget-reading.ts';
import type { MessageReader } from '../../application/ports.ts';
import { Message, presentMessage } from './message-representation.ts';

/** What somebody said stays in its rooms, with an author who has no name; how far they have read goes. */
export function messageData(messages: MessageReader, forget: ForgetReading): ExportedData {
  return {
    name: 'chat_messages',
    record: Message,
    export: author => allPages(query => messages.written(query), { author }, { present: presentMessage }),
    erase: (userId, signal) => forget.execute(userId, signal),
  };
}
