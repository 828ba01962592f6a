import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORAGES } from '../support/application.ts';
import { PASSWORD, type TestServer, testServer } from '../support/client.ts';
import { expectProblem } from '../support/problem.ts';

/** As JSON escapes, which is how such characters get through UTF-8. */
const UNSTORABLE = ['\\u0000', '\\ud800', '\\udc00', '\\udc00\\ud800'];

describe.each(STORAGES)('text on %s', storage => {
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await testServer(storage);
    ({ token } = await server.signUp('alice'));
  });
  afterAll(() => server.stop());

  it.each(UNSTORABLE)('with %s is refused with 422 text.characters, and nothing is stored', async bad => {
    for (const [path, field, body] of [
      ['/posts', 'title', `{"title":"a${bad}b","content":"c"}`],
      ['/posts', 'content', `{"title":"a","content":"${bad}"}`],
      ['/todos', 'text', `{"text":"${bad}"}`],
      ['/operations', 'figi', `{"quantity":"1","date":"2026-01-31","type":"buy","figi":"a${bad}"}`],
      [
        '/auth/register',
        'full_name',
        `{"email":"b@example.org","password":"${PASSWORD}","full_name":"B${bad}"}`,
      ],
    ] as const)
      expectProblem(await server.request('POST', path, { token, body }), 422, 'text.characters', [
        [`/${field}`, 'characters'],
      ]);
    for (const list of ['/posts', '/todos', '/operations'])
      expect((await server.request('GET', list, { token })).body.total_count).toBe(0);
    const form = { grant_type: 'password', username: 'b@example.org', password: PASSWORD };
    expect((await server.request('POST', '/auth/token', { form })).status).toBe(400);
  });

  it.each(UNSTORABLE)('with %s is never an address, a user name or a key to one', async bad => {
    const email = `{"email":"a${bad}b@example.org","password":"${PASSWORD}"}`;
    expectProblem(
      await server.request('POST', '/auth/register', { body: email }),
      422,
      'identity.email_invalid',
      [['/email', 'email_invalid']],
    );
    const username = `{"email":"a@example.org","username":"abc${bad}","password":"${PASSWORD}"}`;
    expectProblem(
      await server.request('POST', '/auth/register', { body: username }),
      422,
      'request.invalid',
      [['/username', 'pattern']],
    );
  });

  it.each(['alice\0', 'alice\0@example.org', '\0'])(
    'is compared safely when somebody signs in as %j',
    async username => {
      const form = { grant_type: 'password', username, password: PASSWORD };
      expect(await server.request('POST', '/auth/token', { form })).toMatchObject({
        status: 400,
        body: { error: 'invalid_grant', code: 'identity.invalid_grant' },
      });
    },
  );

  it('finds nothing, and breaks nothing, for searches of odd characters', async () => {
    const searches = [
      'a%00b',
      "a'b",
      'a"b',
      'a%5Cb',
      'a*',
      '%25a',
      'a%3A*%26b',
      '%EF%BF%BFa',
      'a-b',
      'NOT',
      'a%20OR',
    ];
    for (const q of searches)
      expect(await server.request('GET', `/posts?q=${q}`)).toMatchObject({
        status: 200,
        body: { total_count: 0, results: [] },
      });
  });

  it.each([
    ['quotes and backslashes', `'"\\ \`; drop table posts; --`],
    ['line breaks and tabs', 'a\r\n\tb'],
    ['emoji and families of them', '💙👨‍👩‍👧'],
    ['characters that PostgreSQL and SQLite fold', 'İıſßẞΣς'],
    ['decomposed accents, as they came', 'e\u0301 \u00e9'],
    ['right-to-left marks', '\u200fשלום\u202e'],
    ['the last code points', '\uffff\u{10ffff}'],
    ['blanks at its ends', '  a  '],
    ['markup', '<script>alert(1)</script>&amp;'],
    ['keys of objects', '__proto__'],
  ])('keeps %s exactly', async (_, text) => {
    const { status, body } = await server.request('POST', '/todos', { token, body: { text } });
    expect(status).toBe(201);
    const path = `/todos/${body.id}`;
    expect((await server.request('GET', path, { token })).body.text).toBe(text);
    expect((await server.request('DELETE', path, { token })).status).toBe(204);
  });
});
