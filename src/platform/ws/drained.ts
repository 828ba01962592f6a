import type { Socket } from 'node:net';

/** Waits until the other side has taken what was sent to it, or is gone. `late` is called where that takes so many milliseconds. */
export async function drained(socket: Socket, patience: number, late: () => void): Promise<void> {
  if (!socket.writableNeedDrain || socket.destroyed) return;
  await new Promise<void>(resolve => {
    const timer = setTimeout(late, patience);
    const done = () => {
      clearTimeout(timer);
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.on('drain', done).on('close', done);
  });
}
