import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';

/** A request whose body is half sent. */
export interface SlowUpload {
  /** Sends the rest; the answer's status and whether the connection goes on. */
  finish(): Promise<{ readonly status: number | undefined; readonly connection: string | undefined }>;
  abandon(): void;
}

/** Adds a to-do, and comes back when the server has begun to read it. */
export async function slowUpload(origin: string, token: string): Promise<SlowUpload> {
  const body = JSON.stringify({ text: 'said slowly' });
  const upload = request(`${origin}/api/v1/todos`, {
    method: 'POST',
    agent: false,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      expect: '100-continue',
    },
  });
  upload.on('error', () => undefined);
  upload.flushHeaders();
  await once(upload, 'continue');
  upload.write(body.slice(0, 9));
  return {
    async finish() {
      const answered = once(upload, 'response') as Promise<[IncomingMessage]>;
      upload.end(body.slice(9));
      const [response] = await answered;
      response.resume();
      return { status: response.statusCode, connection: response.headers.connection };
    },
    abandon: () => void upload.destroy(),
  };
}
