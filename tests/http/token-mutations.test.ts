import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestServer, testServer } from '../support/client.ts';

/** What can be in a header without being taken off its end. */
const character = fc.integer({ min: 0x21, max: 0x7e }).map(code => String.fromCharCode(code));
const base64url = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
const place = fc.nat({ max: 10_000 });

type Mutation = (token: string) => string;

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(place, base64url).map(([at, by]) => replaced(at, by)) },
  { weight: 2, arbitrary: fc.tuple(fc.nat({ max: 3 }), base64url).map(([end, by]) => endReplaced(end, by)) },
  fc.tuple(place, character).map(([at, by]) => replaced(at, by)),
  fc.tuple(place, character).map<Mutation>(([at, by]) => token => {
    const index = at % (token.length + 1);
    return token.slice(0, index) + by + token.slice(index);
  }),
  fc.tuple(place, fc.integer({ min: 1, max: 8 })).map<Mutation>(([at, length]) => token => {
    const index = at % token.length;
    return token.slice(0, index) + token.slice(index + length);
  }),
  fc.tuple(place, place).map<Mutation>(([a, b]) => token => {
    const characters = [...token];
    const [i, j] = [a % token.length, b % token.length];
    return characters
      .with(i, token[j] ?? '')
      .with(j, token[i] ?? '')
      .join('');
  }),
  fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 })).map<Mutation>(([a, b]) => token => {
    const parts = token.split('.');
    return parts.with(a % parts.length, parts[b % parts.length] ?? '').join('.');
  }),
  place.map<Mutation>(at => token => token.slice(0, at % token.length)),
  fc.constant<Mutation>(token => token + token),
  fc.constant<Mutation>(token => `${token}.`),
);

function replaced(at: number, by: string): Mutation {
  return token => [...token].with(at % token.length, by).join('');
}

/** At the end of a part, where base64url has bits that mean nothing. */
function endReplaced(part: number, by: string): Mutation {
  return token => {
    const parts = token.split('.');
    const index = part % parts.length;
    const changed = parts[index] ?? '';
    return parts.with(index, changed.slice(0, -1) + by).join('.');
  };
}

describe.each(['paseto', 'database'] as const)(
  'a valid access token of %s with something changed',
  accessTokens => {
    let server: TestServer;
    let token: string;
    beforeAll(async () => {
      server = await testServer('memory', { accessTokens });
      ({ token } = await server.signUp('alice'));
    });
    afterAll(() => server.stop());

    it('is accepted in none of 2,000 ways', async () => {
      await fc.assert(
        fc.asyncProperty(mutation, async mutate => {
          const changed = mutate(token);
          fc.pre(changed !== token && changed !== '');
          const { status, body } = await server.request('GET', '/users/me', { token: changed });
          expect({ status, code: body.code, changed }).toMatchObject({
            status: 401,
            code: 'identity.invalid_token',
          });
        }),
        { numRuns: 2000 },
      );
      expect((await server.request('GET', '/users/me', { token })).status).toBe(200);
    });
  },
);
