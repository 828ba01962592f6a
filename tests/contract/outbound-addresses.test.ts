import type { LookupAddress } from 'node:dns';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { publicLookup } from '../../src/platform/outbound/guarded-connector.ts';
import { foreignServerOfTest, json } from '../support/foreign-server.ts';
import { outboundTo } from '../support/outbound.ts';

/** This machine, in the ways in which an address can name it. */
const LOOPBACKS = [
  '127.0.0.1',
  'localhost',
  'LOCALHOST',
  '127.1',
  '127.0.0.1.',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '0177.0.0.1',
  '017700000001',
  '0',
  '0.0.0.0',
  '①②⑦.0.0.1',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
];

describe('a server on this machine', () => {
  it.each(LOOPBACKS)('is not connected to as %s', async host => {
    const server = await foreignServerOfTest(json('secret'));
    const { origin } = new URL(`http://${host}:${server.port}`);
    expect(await outboundTo(origin, { allowPrivate: false }).ask()).toBe('refused_address');
    expect(server.connections).toBe(0);
  });

  it.each(['127.0.0.1', 'localhost'])('is asked as %s where that is allowed', async host => {
    const server = await foreignServerOfTest(json('fine'));
    expect(await outboundTo(`http://${host}:${server.port}`).ask()).toBe('fine');
  });

  it.each(['http://10.255.255.1', 'https://127.0.0.1', 'https://[fd00::1]', 'http://169.254.169.254'])(
    'or in its network is not connected to at %s',
    async origin => {
      expect(await outboundTo(origin, { allowPrivate: false }).ask()).toBe('refused_address');
    },
  );
});

describe('the addresses of a name', () => {
  const PUBLIC = { address: '198.41.0.4', family: 4 };
  const PUBLIC_6 = { address: '2606:4700::1', family: 6 };
  const PRIVATE = { address: '10.0.0.1', family: 4 };

  /** Asks as a connection does, of a name that has these addresses, each time the next of them. */
  const lookupOf = (...answers: LookupAddress[][]) => {
    const lookup = publicLookup((_name, _options, callback) => callback(null, answers.shift() ?? []));
    return promisify((options: { all?: boolean }, done: (error: Error | null, found?: unknown) => void) =>
      lookup('rebind.test', options, (error, found, family) =>
        done(error, family === undefined ? found : { address: found, family }),
      ),
    );
  };

  it('are those that are public', async () => {
    const lookup = lookupOf([PRIVATE, PUBLIC, PUBLIC_6, { address: '::1', family: 6 }]);
    expect(await lookup({ all: true })).toEqual([PUBLIC, PUBLIC_6]);
  });

  it('are the first that is public where one is wanted', async () => {
    expect(await lookupOf([PRIVATE, PUBLIC, PUBLIC_6])({})).toEqual(PUBLIC);
  });

  it.each([[[PRIVATE]], [[]]])('are refused where none of %j is public', async addresses => {
    for (const options of [{}, { all: true }])
      await expect(lookupOf(addresses)(options)).rejects.toMatchObject({ reason: 'refused_address' });
  });

  it('are looked at each time, so that a name which changes them gains nothing', async () => {
    const lookup = lookupOf([PUBLIC], [PRIVATE]);
    expect(await lookup({ all: true })).toEqual([PUBLIC]);
    await expect(lookup({ all: true })).rejects.toMatchObject({ reason: 'refused_address' });
  });

  it('are not there where there is no such name', async () => {
    const origin = 'http://no-such-name.invalid';
    expect(await outboundTo(origin, { allowPrivate: false }).ask()).toBe('unreachable');
  });
});
