import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { Health } from '../../src/platform/http/health.ts';
import { type TestServer, testServer } from '../support/client.ts';
import { expectProblem } from '../support/problem.ts';

describe('health, metrics and the root', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await testServer();
  });
  afterAll(() => server.stop());

  it.each(['livez', 'readyz'])('shows /%s on both ports', async path => {
    for (const origin of [server.origin, server.managementOrigin]) {
      const response = await fetch(`${origin}/${path}`);
      expect(response.status).toBe(200);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(await response.json()).toMatchObject({ status: 'ok' });
    }
  });

  it('shows /metrics on the management port only', async () => {
    await server.request('GET', '/posts');
    expectProblem(await server.request('GET', '//metrics'), 404, 'request.unknown_route');
    const response = await fetch(`${server.managementOrigin}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await response.text()).toMatch(/endpoint="listPosts",status="200"/);
    expect((await fetch(`${server.managementOrigin}/api/v1/posts`)).status).toBe(404);
  });

  it('leads from / to /docs', async () => {
    const answer = await server.request('GET', '//');
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe('/docs');
  });

  it('answers /readyz 503 with Retry-After when the storage cannot be used, and /livez 200', async () => {
    const health = new Health({ database: () => Promise.reject(new Error('secret detail')) });
    const ill = await testServer('memory', {}, [override(tokens.health, health)]);
    const ready = await ill.request('GET', '//readyz');
    const live = await ill.request('GET', '//livez');
    await ill.stop();
    expect(ready).toMatchObject({
      status: 503,
      body: { status: 'unavailable', checks: { database: 'failed' } },
    });
    expect(ready.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(JSON.stringify(ready.body)).not.toContain('secret');
    expect(live.status).toBe(200);
  });
});
