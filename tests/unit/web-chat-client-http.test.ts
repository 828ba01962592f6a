import { describe, expect, it } from 'vitest';
import { ChatError } from '../../src/web/chat/chat-error.ts';
import { chatOverHttp } from '../../src/web/chat/chat-over-http.ts';

/** The answers of a server, and what it was asked. */
function answering(...answers: readonly Response[]) {
  const asked: { readonly what: string; readonly by: string | null }[] = [];
  const hints: boolean[] = [];
  const waiting = [...answers];
  const http = chatOverHttp({
    api: 'https://atrium.test/api/v1',
    headers: async ({ isRefused }) => {
      hints.push(isRefused);
      return { authorization: `Bearer ${hints.length}` };
    },
    fetch: async (url, options) => {
      const by = new Headers(options?.headers).get('authorization');
      asked.push({ what: `${options?.method} ${url}`, by });
      return waiting.shift() ?? Response.error();
    },
  });
  return { ...http, asked, hints };
}

const ticket = () => Response.json({ ticket: 'att_a+b', expires_in: 30 }, { status: 201 });
const problem = (status: number, code: string) => Response.json({ code, detail: 'No.' }, { status });

describe('what a chat client asks over HTTP', () => {
  it('is a ticket for each connection', async () => {
    const { connect, asked } = answering(ticket(), ticket());
    const url = 'wss://atrium.test/api/v1/chat/ws?ticket=att_a%2Bb';
    expect(await connect({ isRefused: false })).toEqual({ url });
    expect(await connect({ isRefused: false })).toEqual({ url });
    const what = 'POST https://atrium.test/api/v1/chat/tickets';
    expect(asked).toEqual([
      { what, by: 'Bearer 1' },
      { what, by: 'Bearer 2' },
    ]);
  });

  it('is asked once more with other credentials, and then no more', async () => {
    const unknown = () => problem(401, 'identity.invalid_token');
    const renewed = answering(unknown(), ticket());
    await renewed.connect({ isRefused: false });
    expect(renewed.hints).toEqual([false, true]);
    const ended = answering(unknown(), unknown(), ticket());
    await expect(ended.connect({ isRefused: false })).rejects.toMatchObject({
      code: 'identity.invalid_token',
      message: 'No.',
    });
    expect(ended.asked).toHaveLength(2);
    const refused = answering(unknown(), ticket());
    await expect(refused.connect({ isRefused: true })).rejects.toBeInstanceOf(ChatError);
    expect(refused.hints).toEqual([true]);
  });

  it('is refused for good to who may not chat, and for a while where the server is busy', async () => {
    const forbidden = answering(problem(403, 'access.insufficient_scope')).connect({ isRefused: false });
    await expect(forbidden).rejects.toMatchObject({ code: 'access.insufficient_scope' });
    for (const status of [429, 500, 503]) {
      const error = await answering(problem(status, 'server.busy'))
        .connect({ isRefused: false })
        .catch(reason => reason);
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(ChatError);
    }
  });

  it('is messages before one', async () => {
    const { loadBefore, asked } = answering(Response.json({ results: [{ seq: 1 }] }));
    expect(await loadBefore('garden', 2)).toEqual([{ seq: 1 }]);
    expect(asked[0]?.what).toBe(
      'GET https://atrium.test/api/v1/chat/rooms/garden/messages?before=2&limit=200',
    );
    await expect(
      answering(problem(404, 'chat.room_not_found')).loadBefore('garden', 2),
    ).rejects.toMatchObject({ code: 'chat.room_not_found' });
    await expect(
      answering(new Response('<html>', { status: 502 })).loadBefore('garden', 2),
    ).rejects.toMatchObject({ code: 'server.failed', message: 'The server answers 502.' });
  });
});
