import type { Static } from 'typebox';
import type { Author, Message } from '../../modules/chat/adapters/http/message-representation.ts';
import type { JOIN, LEAVE, READ, SEND, SENT, TYPING } from '../../modules/chat/adapters/ws/chat-frames.ts';

/** The server's schemas say what frames are; of them only the types come here. */
export type JoinFrame = Static<typeof JOIN>;
export type SendFrame = Static<typeof SEND>;
export type ClientFrame =
  | JoinFrame
  | SendFrame
  | Static<typeof LEAVE>
  | Static<typeof TYPING>
  | Static<typeof READ>;

type SentFrame = Static<(typeof SENT)[number]['schema']>;

/** A frame, or one of those of a batch. */
export type ServerFrame = Exclude<SentFrame, { readonly type: 'batch' }>;
export type FrameOf<Type extends ServerFrame['type']> = Extract<ServerFrame, { readonly type: Type }>;

export type ChatMessage = Static<typeof Message>;
export type Person = Static<typeof Author>;

/** The frames of one text, unpacked; undefined where it is none. */
export function framesIn(text: unknown): readonly ServerFrame[] | undefined {
  try {
    const frame: unknown = JSON.parse(String(text));
    if (!isFrame(frame)) return undefined;
    return frame.type === 'batch' ? (frame.frames as unknown as readonly ServerFrame[]) : [frame];
  } catch {
    return undefined;
  }
}

function isFrame(value: unknown): value is SentFrame {
  return typeof value === 'object' && value !== null && 'type' in value;
}
