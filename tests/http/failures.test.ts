import { describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { StorageUnavailable } from '../../src/kernel/errors.ts';
import type { PostStorage } from '../../src/modules/posts/application/ports.ts';
import { testServer } from '../support/client.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { expectProblem } from '../support/problem.ts';

const SECRET = 'password=hunter2 at /srv/atrium/src/secret.ts';

function postsThatFail(error: Error): PostStorage {
  const fail = () => Promise.reject(error);
  return { work: { run: fail }, reader: { find: fail, list: fail } };
}

const serverWhere = (error: Error) =>
  testServer('memory', {}, [override(tokens.postStorage, postsThatFail(error))]);

const REQUESTS = [
  ['GET', '/posts', undefined],
  ['GET', `/posts/${UNKNOWN_ID}`, undefined],
  ['POST', '/posts', { title: 'a', content: 'b' }],
  ['PATCH', `/posts/${UNKNOWN_ID}`, { title: 'a' }],
] as const;

describe('a failure', () => {
  it('that nobody foresaw is answered 500 with a ticket and nothing else', async () => {
    const server = await serverWhere(new Error(SECRET, { cause: new Error(SECRET) }));
    const { token } = await server.signUp('alice');
    for (const [method, path, body] of REQUESTS) {
      const answer = await server.request(method, path, {
        token,
        body,
        headers: { 'x-request-id': 'ticket-4711' },
      });
      expectProblem(answer, 500, 'server.failed');
      expect(answer.body.detail).toContain('ticket-4711');
      const said = JSON.stringify([answer.body, ...answer.headers]);
      expect(said).not.toMatch(/hunter2|secret|\.ts|node_modules|Error:/);
    }
    expect((await server.request('GET', '/todos', { token })).status).toBe(200);
    await server.stop();
  });

  it('that is thrown as no error at all is answered 500 too', async () => {
    const fail = () => Promise.reject(SECRET);
    const server = await testServer('memory', {}, [
      override(tokens.postStorage, { work: { run: fail }, reader: { find: fail, list: fail } }),
    ]);
    const answer = await server.request('GET', '/posts');
    expectProblem(answer, 500, 'server.failed');
    expect(JSON.stringify(answer.body)).not.toContain('hunter2');
    await server.stop();
  });

  it('of the storage is answered 503 with Retry-After', async () => {
    const server = await serverWhere(new StorageUnavailable({ cause: new Error(SECRET) }));
    const { token } = await server.signUp('alice');
    for (const [method, path, body] of REQUESTS) {
      const answer = await server.request(method, path, { token, body });
      expectProblem(answer, 503, 'storage.unavailable');
      expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      expect(JSON.stringify(answer.body)).not.toContain('hunter2');
    }
    await server.stop();
  });

  it('of an answer that is not as declared is answered 500 while answers are checked', async () => {
    const post = { id: UNKNOWN_ID, authorId: UNKNOWN_ID, userName: 'a', title: '', content: 'b', version: 1 };
    const view = { ...post, createdAt: new Date(0), updatedAt: new Date(0) };
    const storage: PostStorage = {
      work: { run: () => Promise.reject(new Error('not used')) },
      reader: { find: async () => view, list: async () => ({ rows: [view], total: 1 }) },
    };
    const server = await testServer('memory', {}, [override(tokens.postStorage, storage)]);
    expectProblem(await server.request('GET', `/posts/${UNKNOWN_ID}`), 500, 'server.failed');
    await server.stop();
  });
});
