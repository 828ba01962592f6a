import { ChatError } from './chat-error.ts';
import type { Connect } from './chat-link.ts';
import type { ChatMessage } from './frames.ts';

export interface ChatOverHttpOptions {
  /** The API's root, as `https://atrium.example.org/api/v1`. */
  readonly api: string;
  /**
   * What requests show, as `Authorization`; nothing where a cookie does it. `isRefused`: what was shown before is not good any more.
   * A `ChatError` that it throws ends all attempts.
   */
  readonly headers?: (hint: { readonly isRefused: boolean }) => Promise<Readonly<Record<string, string>>>;
  readonly fetch?: typeof fetch;
}

export interface ChatOverHttp {
  readonly connect: Connect;
  readonly loadBefore: (roomId: string, before: number) => Promise<readonly ChatMessage[]>;
}

/** Messages that are read at once: as many as the server gives. */
const PAGE = 200;

/** Milliseconds for a request. */
const PATIENCE = 15_000;

const SIGNED_OUT = 401;
const FORBIDDEN = 403;

/** What a client needs of the REST API: a ticket for each connection, and messages that it missed. */
export function chatOverHttp({
  api,
  headers = async () => ({}),
  fetch: request = fetch,
}: ChatOverHttpOptions): ChatOverHttp {
  const ask = async (method: string, path: string, isRefused: boolean): Promise<Response> => {
    const signal = AbortSignal.timeout(PATIENCE);
    const answer = await request(`${api}${path}`, { method, headers: await headers({ isRefused }), signal });
    // What was shown may have ended while there was no connection to be told over.
    return answer.status === SIGNED_OUT && !isRefused ? ask(method, path, true) : answer;
  };
  return {
    async connect({ isRefused }) {
      const answer = await ask('POST', '/chat/tickets', isRefused);
      if (answer.status === SIGNED_OUT || answer.status === FORBIDDEN) throw await problemOf(answer);
      if (!answer.ok) throw new Error(`There is no ticket: the server answers ${answer.status}.`);
      const { ticket } = (await answer.json()) as { readonly ticket: string };
      return { url: `${api.replace(/^http/, 'ws')}/chat/ws?ticket=${encodeURIComponent(ticket)}` };
    },
    async loadBefore(roomId, before) {
      const answer = await ask('GET', `/chat/rooms/${roomId}/messages?before=${before}&limit=${PAGE}`, false);
      if (!answer.ok) throw await problemOf(answer);
      return ((await answer.json()) as { readonly results: readonly ChatMessage[] }).results;
    },
  };
}

async function problemOf(answer: Response): Promise<ChatError> {
  const problem: unknown = await answer.json().catch(() => undefined);
  const { code = 'server.failed', detail = `The server answers ${answer.status}.` } = (problem ?? {}) as {
    readonly code?: string;
    readonly detail?: string;
  };
  return new ChatError(code, detail);
}
