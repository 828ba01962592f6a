import type { IncomingMessage, ServerResponse } from 'node:http';

/** Bytes that a body of any length must bring in each time limit. */
const LEAST = 65_536;

const REFUSAL = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n';

/** Those whose body is read as it comes. */
const unhurried = new WeakSet<IncomingMessage>();

/** From now on the body may take as long as it likes, as long as it goes on coming. */
export function letTakeTime(request: IncomingMessage): void {
  unhurried.add(request);
}

/**
 * Ends a request whose body has not arrived whole within so many milliseconds. Node's own limit knows no exceptions; it still
 * bounds the head.
 */
export function boundArrival(request: IncomingMessage, response: ServerResponse, timeout: number): void {
  const { headers, socket } = request;
  if (headers['transfer-encoding'] === undefined && !Number(headers['content-length'])) return;
  let received = 0;
  const look = () => {
    const news = socket.bytesRead - received;
    received = socket.bytesRead;
    if (unhurried.has(request) && news >= LEAST) timer.refresh();
    else end();
  };
  const end = () => {
    if (!response.headersSent) socket.write(REFUSAL);
    socket.destroySoon();
  };
  // What came while the process was busy is read first.
  const timer = setTimeout(() => setImmediate(look), timeout);
  const arrived = () => clearTimeout(timer);
  request.once('end', arrived).once('close', arrived);
}
