import { describe, expect, it } from 'vitest';
import { InvalidEmail } from '../../src/modules/identity/domain/account-errors.ts';
import { emailKey, parseEmail } from '../../src/modules/identity/domain/email.ts';

describe('an email', () => {
  it.each([
    'a@b.co',
    'Alice.Arden+tag@Example.org',
    "o'brien@example.org",
    '!#$%&*+-/=?^_`{|}~@example.org',
    'user@sub.sub.example.org',
    'user@xn--bcher-kva.example',
    'user@bücher.example',
    'users@उदाहरण.परीक्षा',
    'ユーザー@例え.テスト',
    'пользователь@пример.испытание',
    'user@123.example',
    '💙@example.org',
    `${'a'.repeat(64)}@example.org`,
    `a@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}.example`,
  ])('can be %j', text => {
    expect(parseEmail(text)).toBe(text.normalize('NFC'));
  });

  it.each([
    '',
    '@',
    'a',
    'a@',
    '@b.co',
    'a@b',
    'a@b@c.co',
    'a b@c.co',
    ' a@b.co',
    'a@b.co ',
    'a@b.co\n',
    'a\n@b.co',
    'a\0@b.co',
    'a\u007f@b.co',
    'a\u200e@b.co',
    'a\ud800@b.co',
    'a@b..co',
    'a@.co',
    'a@b.co.',
    'a@b_c.co',
    'a@b/c.co',
    'a@[127.0.0.1]',
    '"a b"@c.co',
    'a,b@c.co',
    'Alice <a@b.co>',
    'a@b.co, c@d.co',
    'mailto:a@b.co',
    `${'a'.repeat(65)}@example.org`,
    `a@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}.${'f'.repeat(60)}.co`,
    `a@${'b.'.repeat(100_000)}co`,
  ])('cannot be %j', text => {
    expect(() => parseEmail(text)).toThrow(InvalidEmail);
  });

  it('keeps its case, and is composed', () => {
    expect(parseEmail('Andre\u0301@Example.org')).toBe('André@Example.org');
  });

  it.each([
    ['Alice@Example.ORG', 'alice@example.org'],
    ['ÉRIC@example.org', 'e\u0301ric@example.org'],
    ['ПОЛЬЗОВАТЕЛЬ@пример.испытание', 'пользователь@ПРИМЕР.ИСПЫТАНИЕ'],
  ])('%j is the same as %j', (one, other) => {
    expect(emailKey(one)).toBe(emailKey(other));
  });

  it('is another one with another tag or dot', () => {
    expect(emailKey('a.b@c.co')).not.toBe(emailKey('ab@c.co'));
    expect(emailKey('a+x@c.co')).not.toBe(emailKey('a@c.co'));
  });
});
