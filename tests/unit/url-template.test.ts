import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UrlTemplate } from '../../src/platform/outbound/url-template.ts';

const NAMES = ['id', 'title'];
const HOST = 'https://example.org';

describe('an address with placeholders', () => {
  it.each([
    ['/tasks/{id}', { id: '7' }, '/tasks/7'],
    ['/{id}/{title}?q={title}&id={id}', { id: '7', title: 'a b' }, '/7/a%20b?q=a%20b&id=7'],
    ['', {}, '/'],
    ['?q={title}', { title: 'x' }, '/?q=x'],
    ['/?q={title}', {}, '/?q='],
    ['/a/..b/...', {}, '/a/..b/...'],
    [
      '/{title}',
      { title: "/?#&=+%\\!'()*[]@:;,$" },
      `/${'%2F%3F%23%26%3D%2B%25%5C%21%27%28%29%2A%5B%5D%40%3A%3B%2C%24'}`,
    ],
    ['/{title}', { title: 'Azz09-._~' }, '/Azz09-._~'],
    ['/{title}', { title: 'Crème brûlée 🍮' }, '/Cr%C3%A8me%20br%C3%BBl%C3%A9e%20%F0%9F%8D%AE'],
    ['/{title}', { title: '{id} %7Bid%7D', id: '7' }, '/%7Bid%7D%20%257Bid%257D'],
  ])('%s becomes, with %j, %s', (rest, values: Record<string, string>, expanded) => {
    const template = new UrlTemplate(HOST + rest, NAMES);
    expect(template.origin).toBe(HOST);
    expect(template.expand(values)).toBe(expanded);
  });

  it.each(['.', '..'])('leads nowhere where %j would climb out of its path', title => {
    for (const rest of ['/a/{title}', '/a/{title}/b', '/a/{title}?b', '/{title}{id}'])
      expect(new UrlTemplate(HOST + rest, NAMES).expand({ title })).toBeUndefined();
    expect(new UrlTemplate(`${HOST}/a/.{title}`, NAMES).expand({ title: '.' })).toBeUndefined();
    expect(new UrlTemplate(`${HOST}/a/%2e{title}`, NAMES).expand({ title: '.' })).toBeUndefined();
    expect(new UrlTemplate(`${HOST}/a?b={title}`, NAMES).expand({ title })).toBe(`/a?b=${title}`);
  });

  it('is the same path with the same parameters whatever the values are', () => {
    const template = new UrlTemplate(`${HOST}/a/{title}/b?c={id}&d=e`, NAMES);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (title, id) => {
        const expanded = template.expand({ title, id });
        if (expanded === undefined) return expect(title).toMatch(/^\.{1,2}$/);
        const url = new URL(expanded, HOST);
        expect(url.origin).toBe(HOST);
        expect(url.pathname + url.search).toBe(expanded);
        const [, a, second = '', b, ...more] = url.pathname.split('/');
        expect([a, decodeURIComponent(second), b, more]).toEqual(['a', title, 'b', []]);
        expect([...url.searchParams]).toEqual([
          ['c', id],
          ['d', 'e'],
        ]);
      }),
    );
  });

  it.each([
    ['another scheme', 'ftp://example.org/'],
    ['a file', 'file:///etc/passwd'],
    ['no scheme', 'example.org/{id}'],
    ['no host', 'https:///a'],
    ['a placeholder as its host', 'https://{id}/'],
    ['a placeholder in its host', 'https://{id}.example.org/'],
    ['a placeholder as its port', 'https://example.org:{id}/'],
    ['a placeholder as its scheme', '{id}://example.org/'],
    ['a password', 'https://user:hunter2@example.org/'],
    ['a name that looks like a host', 'https://example.org@hunter2.example/'],
    ['backslashes', 'https:\\\\example.org\\a'],
    ['a backslash behind its host', 'https://example.org\\@hunter2.example/'],
    ['a port that is none', 'https://example.org:99999/'],
    ['a host that is none', 'https://[::1/'],
    ['a fragment', 'https://example.org/#{id}'],
    ['a blank', 'https://example.org/a b'],
    ['a line break', 'https://example.org/a\nb'],
    ['letters that want encoding', 'https://example.org/ä'],
    ['an open brace', 'https://example.org/{id'],
    ['a lone closing brace', 'https://example.org/id}'],
    ['braces in braces', 'https://example.org/{{id}}'],
    ['nothing in braces', 'https://example.org/{}'],
    ['an operator of RFC 6570', 'https://example.org/{+id}'],
    ['an unknown placeholder', 'https://example.org/{author}'],
    ['nothing', ''],
  ])('is refused with %s, without being shown', (_, text) => {
    expect(() => new UrlTemplate(text, NAMES)).toThrow(/^(?!.*(hunter2|example\.org))/);
  });
});
