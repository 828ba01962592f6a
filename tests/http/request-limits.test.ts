import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { serve } from '../../src/composition/serve.ts';
import { StartError } from '../../src/platform/configuration/settings.ts';
import { testApplication } from '../support/application.ts';
import { type Answer, type TestServer, testServer } from '../support/client.ts';
import { expectOAuthError, expectProblem } from '../support/problem.ts';

const LIMITS = { rateLimit: 'on', rateLimitRequests: 5, rateLimitSensitive: 2, trustedProxies: 1 } as const;

describe('limits on requests', () => {
  let server: TestServer;
  let guests = 0;

  beforeAll(async () => {
    server = await testServer('memory', LIMITS);
  });
  afterAll(() => server.stop());

  /** An address that has asked for nothing yet. */
  const guest = () => {
    guests += 1;
    return `198.51.100.${guests}`;
  };
  const from = (address: string, method = 'GET', path = '/posts') =>
    server.request(method, path, { headers: { 'x-forwarded-for': address } });
  const repeat = async (times: number, ask: () => Promise<Answer>) => {
    const answers: Answer[] = [];
    for (let time = 0; time < times; time += 1) answers.push(await ask());
    return answers.map(({ status }) => status);
  };

  it('lets an address have its requests, says what is left, and refuses the next', async () => {
    const address = guest();
    const answer = await from(address);
    expect(answer.headers.get('ratelimit-policy')).toBe('"requests";q=5;w=60');
    expect(answer.headers.get('ratelimit')).toMatch(/^"requests";r=4;t=(59|60)$/);
    expect(await repeat(4, () => from(address))).toEqual([200, 200, 200, 200]);
    const refused = await from(address);
    expectProblem(refused, 429, 'request.too_many');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(refused.headers.get('ratelimit')).toMatch(/^"requests";r=0;/);
  });

  it('counts each address for itself, and all of them whatever is asked', async () => {
    const [one, other] = [guest(), guest()];
    expect(await repeat(5, () => from(one, 'GET', '/todos'))).toEqual([401, 401, 401, 401, 401]);
    expect((await from(one)).status).toBe(429);
    expect((await from(other)).status).toBe(200);
  });

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff'],
    ['2001:db8:1:3:0:0:0:1', '2001:db8:1:3::'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
  ])('takes %s and %s for one', async (one, other) => {
    await repeat(5, () => from(one));
    expect((await from(other)).status).toBe(429);
  });

  it('takes networks of IPv6 for two', async () => {
    await repeat(5, () => from('2001:db8:2:1::1'));
    expect((await from('2001:db8:2:2::1')).status).toBe(200);
  });

  it.each(['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'])('does not count %s', async address => {
    const statuses = await repeat(8, () => from(address));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect((await from(address)).headers.has('ratelimit')).toBe(false);
  });

  it('has a lower limit where somebody could guess or annoy, at each such place', async () => {
    const address = guest();
    const token = () =>
      server.request('POST', '/auth/token', {
        form: { grant_type: 'nonsense' },
        headers: { 'x-forwarded-for': address },
      });
    expect(await repeat(2, token)).toEqual([400, 400]);
    const refused = await token();
    expectOAuthError(refused, 'temporarily_unavailable', 'request.too_many', 429);
    expect(refused.headers.get('ratelimit-policy')).toBe('"requests";q=5;w=60, "issueTokens";q=2;w=60');
    expect((await from(address, 'POST', '/auth/forgot-password')).status).toBe(422);
  });

  it('is not got around by capitals in the path', async () => {
    const address = guest();
    const statuses = await repeat(3, () => from(address, 'POST', '/AUTH/LOGIN'));
    expect(statuses).toEqual([422, 422, 429]);
  });

  it('does not count the questions of a load balancer', async () => {
    const address = guest();
    expect(new Set(await repeat(8, () => from(address, 'GET', '//livez')))).toEqual(new Set([200]));
    expect((await from(address)).status).toBe(200);
  });

  it('do not count the paths that say where clients find what, unless the setting says so', async () => {
    const address = guest();
    const paths = ['//.well-known/oauth-authorization-server', '//.well-known/paserks.json'];
    for (const path of paths) {
      const statuses = await repeat(8, () => from(address, 'GET', path));
      expect(new Set(statuses), path).toEqual(new Set([200]));
      expect((await from(address, 'GET', path)).headers.has('ratelimit')).toBe(false);
    }
    expect((await from(address)).headers.get('ratelimit')).toMatch(/^"requests";r=4;/);
  });

  it('do not count the paths of the setting, with any parameter and method, and count all others', async () => {
    const lenient = await testServer('memory', {
      ...LIMITS,
      rateLimitExempt: '/api/v1/todos/{id},/api/v1/auth/login',
    });
    try {
      const headers = { 'x-forwarded-for': guest() };
      const ask = (method: string, path: string) => lenient.request(method, path, { headers });
      expect(new Set(await repeat(8, () => ask('GET', `/todos/${crypto.randomUUID()}`)))).toEqual(
        new Set([401]),
      );
      expect(new Set(await repeat(8, () => ask('DELETE', '/todos/any')))).toEqual(new Set([401]));
      expect(new Set(await repeat(8, () => ask('POST', '/auth/login')))).toEqual(new Set([422]));
      const keys = () => ask('GET', '//.well-known/paserks.json');
      expect(await repeat(6, keys)).toEqual([200, 200, 200, 200, 200, 429]);
      expect((await ask('GET', '/todos')).status).toBe(429);
    } finally {
      await lenient.stop();
    }
  });

  it.each(['/livez', '/api/v1/todos/:id', '/todos', '/api/v1/todos/'])(
    'do not begin where %s, which is the path of no endpoint, should not be counted',
    async path => {
      const application = await testApplication('memory', {
        ...LIMITS,
        rateLimitExempt: `/api/v1/posts,${path}`,
      });
      await expect(serve(application)).rejects.toThrow(
        new StartError(`RATE_LIMIT_EXEMPT has "${path}", which is the path of no endpoint.`),
      );
      await application.close();
    },
  );

  describe('after the minute', () => {
    afterEach(() => vi.useRealTimers());

    it('lets the address come again', async () => {
      const address = guest();
      vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
      await repeat(6, () => from(address));
      await vi.advanceTimersByTimeAsync(61_000);
      expect((await from(address)).status).toBe(200);
    });
  });

  it('are off where the setting says so', async () => {
    const unlimited = await testServer('memory', { ...LIMITS, rateLimit: 'off' });
    try {
      const headers = { 'x-forwarded-for': '198.51.100.250' };
      const statuses = await repeat(8, () => unlimited.request('GET', '/posts', { headers }));
      expect(new Set(statuses)).toEqual(new Set([200]));
    } finally {
      await unlimited.stop();
    }
  });
});
