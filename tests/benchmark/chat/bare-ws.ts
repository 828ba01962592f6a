// The library without the service: a room is a path, and what a member says goes to all of its members as it came, in one write
// each. Nothing is checked or stored. Started by start-bare-ws.ts.
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

const FINAL_TEXT = 0x81;

const rooms = new Map<string, Map<WebSocket, Socket>>();

const server = createServer((_, response) => response.end());
new WebSocketServer({ server, perMessageDeflate: false, clientTracking: false }).on(
  'connection',
  (member, request) => {
    const room = rooms.get(request.url ?? '') ?? new Map<WebSocket, Socket>();
    rooms.set(request.url ?? '', room.set(member, request.socket));
    member.on('message', data => {
      const frame = textFrame(data as Buffer);
      for (const socket of room.values()) socket.write(frame);
    });
    member.on('close', () => room.delete(member)).on('error', () => member.terminate());
  },
);
server.listen(Number(process.env.PORT), '127.0.0.1', 4096);

/** Made once for all members. */
function textFrame(text: Buffer): Buffer {
  const head =
    text.length < 126 ? [FINAL_TEXT, text.length] : [FINAL_TEXT, 126, text.length >> 8, text.length & 0xff];
  return Buffer.concat([Buffer.from(head), text]);
}
