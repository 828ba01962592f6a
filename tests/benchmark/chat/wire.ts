export type WireName = 'atrium' | 'bare';

/** How a server is talked to. */
interface Wire {
  readonly path: (room: string) => string;
  readonly headers: readonly string[];
  readonly join?: (room: string, after: number | undefined) => string;
  readonly say: (room: string, id: string, text: string) => string;
}

/** What the service answers to who joins. */
export const JOINED = Buffer.from('"type":"joined"');

export const WIRES: Readonly<Record<WireName, Wire>> = {
  atrium: {
    path: () => '/api/v1/chat/ws',
    headers: ['Sec-WebSocket-Protocol: atrium.chat.v1'],
    join: (room, after) =>
      `{"type":"join","room":"${room}"${after === undefined ? '' : `,"after":${after}`}}`,
    say: (room, id, text) => `{"type":"send","room":"${room}","client_id":"${id}","text":"${text}"}`,
  },
  bare: {
    path: room => `/${room}`,
    headers: [],
    say: (_room, _id, text) => `{"type":"message","text":"${text}"}`,
  },
};
