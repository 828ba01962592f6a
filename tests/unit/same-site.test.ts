import { describe, expect, it } from 'vitest';
import { SameSite } from '../../src/modules/identity/adapters/http/same-site.ts';
import { CrossSiteRequest } from '../../src/modules/identity/domain/session-errors.ts';

const OWN = 'https://atrium.example.org';
const FRIEND = 'http://localhost:3000';
const STRANGER = 'https://evil.example';

const sameSite = new SameSite([`${OWN}/some/path`, FRIEND, '']);

const passes = (method: string, site: string | undefined, origin: string | undefined): boolean => {
  try {
    sameSite.require(method, {
      ...(site !== undefined && { 'sec-fetch-site': site }),
      ...(origin !== undefined && { origin }),
    });
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(CrossSiteRequest);
    return false;
  }
};

const opensSocket = (headers: Readonly<Record<string, string>>): boolean => {
  try {
    sameSite.requireOrigin(headers);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(CrossSiteRequest);
    return false;
  }
};

/** Where a request says that it comes from, and whether an unsafe one may pass. */
const SOURCES: readonly [site: string | undefined, origin: string | undefined, passes: boolean][] = [
  [undefined, undefined, true],
  [undefined, OWN, true],
  [undefined, FRIEND, true],
  [undefined, STRANGER, false],
  [undefined, 'null', false],
  [undefined, '', false],
  [undefined, OWN.replace('https', 'http'), false],
  [undefined, `${OWN}:444`, false],
  [undefined, `${OWN}.evil.example`, false],
  [undefined, `${OWN}/some/path`, false],
  [undefined, `https://evil.example#${OWN}`, false],
  [undefined, FRIEND.replace('3000', '3001'), false],
  ['same-origin', undefined, true],
  ['same-origin', OWN, true],
  ['same-origin', 'null', true],
  ['none', undefined, true],
  ['same-site', undefined, false],
  ['same-site', OWN, true],
  ['same-site', FRIEND, true],
  ['same-site', STRANGER, false],
  ['same-site', 'null', false],
  ['cross-site', undefined, false],
  ['cross-site', FRIEND, true],
  ['cross-site', STRANGER, false],
  ['cross-site', 'null', false],
  ['', undefined, false],
  ['nonsense', undefined, false],
  ['Same-Origin', undefined, false],
  ['same-origin, cross-site', undefined, false],
];

describe.each(['POST', 'PUT', 'PATCH', 'DELETE'])('a %s', method => {
  it.each(SOURCES)('with Sec-Fetch-Site: %s and Origin: %s passes: %s', (site, origin, expected) =>
    expect(passes(method, site, origin)).toBe(expected),
  );
});

describe.each(['GET', 'HEAD', 'OPTIONS'])('a %s', method => {
  it.each(SOURCES)('with Sec-Fetch-Site: %s and Origin: %s passes', (site, origin) =>
    expect(passes(method, site, origin)).toBe(true),
  );
});

describe('a socket', () => {
  it.each([
    [OWN, undefined, true],
    [FRIEND, undefined, true],
    [FRIEND, 'cross-site', true],
    ['http://127.0.0.1:8000', 'same-origin', true],
    [undefined, undefined, false],
    [undefined, 'same-origin', false],
    [undefined, 'none', false],
    [STRANGER, 'none', false],
    [STRANGER, 'Same-Origin', false],
    [STRANGER, 'same-origin, cross-site', false],
    [STRANGER, undefined, false],
    ['null', undefined, false],
    ['', undefined, false],
    [`${OWN}/`, undefined, false],
  ])('with Origin: %s and Sec-Fetch-Site: %s is opened: %s', (origin, site, expected) => {
    const headers = { ...(origin !== undefined && { origin }), ...(site && { 'sec-fetch-site': site }) };
    expect(opensSocket(headers)).toBe(expected);
  });
});
