import { type Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { Answer } from './client.ts';

export interface RawRequest {
  readonly method: string;
  /** From the root, as it goes over the wire. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Several parts are sent as chunks, without a Content-Length. */
  readonly body?: readonly (string | Uint8Array)[];
  /** Without one each request has its own connection. */
  readonly agent?: Agent | undefined;
}

/** Sends what `fetch` would refuse to send or would put right, and takes an answer that comes before the body's end. */
export function rawRequest(
  origin: string,
  { method, path, headers, body = [], agent }: RawRequest,
): Promise<Answer> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    let answered = false;
    const request = httpRequest(
      { hostname, port, method, path, headers, agent: agent ?? false },
      response => {
        answered = true;
        let text = '';
        response.setEncoding('utf8');
        response.on('data', part => {
          text += part;
        });
        response.on('error', reject);
        response.on('end', () => resolve(answerOf(response.statusCode ?? 0, response.headers, text)));
      },
    );
    request.on('error', error => {
      if (!answered) reject(error);
    });
    if (body.length === 1) request.end(body[0]);
    else {
      for (const part of body) request.write(part);
      request.end();
    }
  });
}

function answerOf(status: number, raw: IncomingHttpHeaders, text: string): Answer {
  const headers = new Headers();
  for (const [name, value] of Object.entries(raw)) headers.set(name, String(value));
  const isJson = /json/.test(headers.get('content-type') ?? '');
  return { status, headers, body: isJson && text ? JSON.parse(text) : text || undefined };
}
