import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { vi } from 'vitest';
import type { Application } from '../../src/composition/container.ts';
import { importing } from '../../src/composition/operation-imports.ts';
import { tokens } from '../../src/composition/tokens.ts';
import type { UserId } from '../../src/kernel/principal.ts';
import type { Answer, TestServer } from './client.ts';

export const HEADER = 'quantity,figi,instrument_type,date,type';

/** A file with so many good lines after its first; their quantities count from 1. */
export function csvOf(lines: number): string {
  const all = Array.from({ length: lines }, (_, index) => `${index + 1},FIGI,share,2026-01-31,buy`);
  return `${[HEADER, ...all].join('\n')}\n`;
}

export const upload = (
  server: Pick<TestServer, 'request'>,
  token: string | undefined,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> =>
  server.request('POST', '/operations/import', {
    token,
    body,
    headers: { 'content-type': 'text/csv', ...headers },
  });

/** An upload that sends what it is given, when it is given it. */
export interface OpenUpload {
  send(text: string): Promise<void>;
  finish(): Promise<Answer>;
  answer(): Promise<Answer>;
  abandon(): void;
}

export function openUpload({ origin }: Pick<TestServer, 'origin'>, token: string): OpenUpload {
  const sending: ClientRequest = request(`${origin}/api/v1/operations/import`, {
    method: 'POST',
    agent: false,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
  });
  const answered = answerTo(sending);
  answered.catch(() => undefined);
  sending.on('error', () => undefined);
  return {
    send: text =>
      new Promise(resolve => {
        sending.write(text, () => resolve());
      }),
    finish() {
      sending.end();
      return answered;
    },
    answer: () => answered,
    abandon: () => void sending.destroy(),
  };
}

async function answerTo(sending: ClientRequest): Promise<Answer> {
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  response.setEncoding('utf8');
  let text = '';
  for await (const part of response) text += part;
  const headers = new Headers(response.headers as Record<string, string>);
  return { status: response.statusCode ?? 0, headers, body: text && JSON.parse(text) };
}

/** How many operations somebody sees. */
export async function seenBy(application: Application, owner: UserId): Promise<number | undefined> {
  const paging = { page: 1, perPage: 1 };
  return (await application.get(tokens.operationStorage).reader.list({ where: { owner }, paging })).total;
}

/** What there is of imports of this person: those under way, whose chunks go with them. */
export function importsOf(application: Application, owner: UserId): Promise<number> {
  return application
    .get(tokens.operationStorage)
    .work.run(async ({ imports }) => (await imports.of(owner)).length);
}

/** Looks at a job until it is in this state. */
export async function jobIn(
  server: Pick<TestServer, 'request'>,
  token: string,
  id: string,
  state: string,
  patience = { timeout: 60_000, interval: 20 },
): Promise<Answer['body']> {
  return vi.waitFor(async () => {
    const { body } = await server.request('GET', `/jobs/${id}`, { token });
    if (body.state !== state) throw new Error(`The job is ${JSON.stringify(body)}.`);
    return body;
  }, patience);
}

export const abandonmentOf = (application: Application) => application.get(importing.abandon);
export const finisherOf = (application: Application) => application.get(importing.finisher);
