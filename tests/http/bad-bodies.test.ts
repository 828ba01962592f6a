import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestServer, testServer } from '../support/client.ts';
import { expectProblem, type Fault, faultsOf } from '../support/problem.ts';

const post = (fields: object) => JSON.stringify({ title: 'Hello', content: 'World', ...fields });

describe('a body that is not what an endpoint takes', () => {
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await testServer();
    ({ token } = await server.signUp('alice'));
  });
  afterAll(() => server.stop());

  const stored = async () => [
    (await server.request('GET', '/posts', { token })).body.total_count,
    (await server.request('GET', '/todos', { token })).body.total_count,
  ];
  let before: number[];
  beforeEach(async () => {
    before = await stored();
  });
  afterEach(async () => expect(await stored()).toEqual(before));

  it.each([
    ['is cut off', '{"title":"Hello"'],
    ['has a trailing comma', '{"title":"Hello","content":"World",}'],
    ['has single quotes', `{'title':'Hello','content':'World'}`],
    ['has something behind its end', `${post({})} x`],
    ['is a number that JSON does not have', '{"title":NaN}'],
    ['is blank', '   '],
    ['is a word', 'hello'],
    ['has a raw line break in a string', '{"title":"a\nb","content":"World"}'],
    ['is nested and cut off', '['.repeat(100_000)],
  ])('answers 400 request.malformed_json when it %s', async (_, body) => {
    expectProblem(await server.request('POST', '/posts', { token, body }), 400, 'request.malformed_json');
  });

  it('answers 400 request.malformed_json when it is not UTF-8 (RFC 8259, section 8.1)', async () => {
    const body = new Uint8Array(Buffer.from(post({ title: 'caf\u00e9' }), 'latin1'));
    expectProblem(await server.request('POST', '/posts', { token, body }), 400, 'request.malformed_json');
  });

  it.each([
    ['null', 'null'],
    ['an array', `[${post({})}]`],
    ['a string', '"Hello"'],
    ['a number', '7'],
    ['deeply nested', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
  ])('answers 422 when it is %s instead of an object', async (_, body) => {
    expectProblem(await server.request('POST', '/posts', { token, body }), 422, 'request.invalid', [
      ['', 'type'],
    ]);
  });

  it.each(['POST /posts', 'POST /todos', 'POST /auth/register'])('answers 422 when %s has none', async to => {
    const [method = '', path = ''] = to.split(' ');
    expectProblem(await server.request(method, path, { token }), 422, 'request.invalid', [['', 'type']]);
  });

  const posts: [string, string, Fault[]][] = [
    [
      'both fields are missing',
      '{}',
      [
        ['/title', 'required'],
        ['/content', 'required'],
      ],
    ],
    ['the title is a number', post({ title: 1 }), [['/title', 'type']]],
    ['the title is null', post({ title: null }), [['/title', 'type']]],
    ['the title is an object', post({ title: { $ne: '' } }), [['/title', 'type']]],
    ['the content is a list', post({ content: ['World'] }), [['/content', 'type']]],
    ['the title is empty', post({ title: '' }), [['/title', 'min_length']]],
    ['the title has 201 characters', post({ title: 'a'.repeat(201) }), [['/title', 'max_length']]],
    ['the title has 201 emoji', post({ title: '💙'.repeat(201) }), [['/title', 'max_length']]],
    [
      'the content has 100,001 characters',
      post({ content: 'a'.repeat(100_001) }),
      [['/content', 'max_length']],
    ],
    ['there is an unknown field', post({ id: 'x' }), [['/id', 'unknown_field']]],
    ['an unknown name needs escaping', post({ 'a/b~c': 1 }), [['/a~1b~0c', 'unknown_field']]],
    ['"constructor" is a field', post({ constructor: 1 }), [['/constructor', 'unknown_field']]],
  ];
  it.each(posts)('answers 422 naming field and rule when %s', async (_, body, faults) => {
    expectProblem(await server.request('POST', '/posts', { token, body }), 422, 'request.invalid', faults);
  });

  it.each([
    '{"title":"Hello","content":"World","__proto__":{"admin":true}}',
    '{"__proto__":{"title":"Hello","content":"World"}}',
    '{"title":"Hello","content":"World","constructor":{"prototype":{"admin":true}}}',
  ])('refuses fields that would change a prototype, and changes none: %s', async body => {
    const answer = await server.request('POST', '/posts', { token, body });
    expect([400, 422]).toContain(answer.status);
    expectProblem(
      answer,
      answer.status,
      answer.status === 400 ? 'request.malformed_json' : 'request.invalid',
    );
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('names every fault, each with its field', async () => {
    const answer = await server.request('POST', '/posts', { token, body: { title: '', content: 1, x: 2 } });
    expectProblem(answer, 422, 'request.invalid');
    expect(new Set(faultsOf(answer).map(fault => fault.join(' ')))).toEqual(
      new Set(['/title min_length', '/content type', '/x unknown_field']),
    );
  });

  const todos: [string, object, Fault[]][] = [
    ['the text is missing', { completed: true }, [['/text', 'required']]],
    ['the text is empty', { text: '' }, [['/text', 'min_length']]],
    ['the text has 501 characters', { text: 'a'.repeat(501) }, [['/text', 'max_length']]],
    ['completed is a word', { text: 'a', completed: 'true' }, [['/completed', 'type']]],
    ['completed is a number', { text: 'a', completed: 1 }, [['/completed', 'type']]],
    ['completed is null', { text: 'a', completed: null }, [['/completed', 'type']]],
    ['there is an owner', { text: 'a', user_id: 'x' }, [['/user_id', 'unknown_field']]],
  ];
  it.each(todos)('answers 422 for a to-do when %s', async (_, body, faults) => {
    expectProblem(await server.request('POST', '/todos', { token, body }), 422, 'request.invalid', faults);
  });
});

describe('a body that would change something', () => {
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await testServer();
    ({ token } = await server.signUp('alice'));
  });
  afterAll(() => server.stop());

  it.each([
    ['PUT', '/posts', '{', 400, 'request.malformed_json', undefined],
    ['PUT', '/posts', '{"title":"New"}', 422, 'request.invalid', [['/content', 'required']]],
    ['PATCH', '/posts', '{"title":null}', 422, 'request.invalid', [['/title', 'type']]],
    ['PATCH', '/posts', '{"author_id":"x"}', 422, 'request.invalid', [['/author_id', 'unknown_field']]],
    ['PATCH', '/posts', '[]', 422, 'request.invalid', [['', 'type']]],
    ['PATCH', '/posts', '{"title":"\\u0000"}', 422, 'text.characters', [['/title', 'characters']]],
    ['PUT', '/todos', '{}', 422, 'request.invalid', [['/text', 'required']]],
    ['PATCH', '/todos', '{"text":null}', 422, 'request.invalid', [['/text', 'type']]],
    ['PATCH', '/todos', '{"completed":"yes"}', 422, 'request.invalid', [['/completed', 'type']]],
    ['PATCH', '/todos', '{"text":"\\udc00"}', 422, 'text.characters', [['/text', 'characters']]],
  ] as [string, string, string, number, string, Fault[] | undefined][])(
    'leaves the resource as it is: %s %s %s answers %d %s',
    async (method, list, body, status, code, faults) => {
      const created = await server.request('POST', list, {
        token,
        body: list === '/posts' ? { title: 'Old', content: 'Old' } : { text: 'Old' },
      });
      const path = `${list}/${created.body.id}`;
      expectProblem(await server.request(method, path, { token, body }), status, code, faults);
      expect((await server.request('GET', path, { token })).body).toEqual(created.body);
    },
  );
});
