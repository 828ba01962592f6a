import { expect, test } from 'vitest';
import type { Environment } from '../support/child-process.ts';
import { ownStorage, runAtrium, startServer } from '../support/server-process.ts';
import { revoked, signedIn, statusWith } from '../support/token-requests.ts';

test('servers with ACCESS_TOKENS=database take the tokens of each other, and have no key to rotate', async () => {
  const environment: Environment = { ...(await ownStorage('sqlite')), ACCESS_TOKENS: 'database' };
  const [a, b] = [await startServer(environment), await startServer(environment)];
  await a.register('alice');
  const session = await signedIn(a);
  expect(session.access_token).toMatch(/^ata_/);
  for (const server of [a, b]) expect(await statusWith(server, session)).toBe(200);
  await revoked(b, session.access_token);
  expect(await statusWith(b, session)).toBe(401);
  expect(await runAtrium(['keys', 'rotate'], environment)).toMatchObject({
    code: 1,
    stdout: '',
    stderr: 'atrium: ACCESS_TOKENS is "database", so there are no keys that sign access tokens.\n',
  });
  expect((await a.request('GET', '//.well-known/paserks.json')).body).toEqual({ keys: [] });
});
