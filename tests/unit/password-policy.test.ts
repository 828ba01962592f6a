import { describe, expect, it } from 'vitest';
import { CommonPasswords } from '../../src/modules/identity/adapters/passwords/common-passwords.ts';
import {
  MAX_PASSWORD,
  normalisePassword,
  requireAcceptablePassword,
} from '../../src/modules/identity/domain/password-policy.ts';

const ALICE = { email: 'Alice.Arden@Example.org', username: 'alice_arden' };
const common = new CommonPasswords(8);
const POLICY = { minLength: 8, isCommon: (password: string) => common.has(password) };

async function refusal(
  password: string,
  who: { email: string; username: string | null } = ALICE,
): Promise<string | undefined> {
  try {
    await requireAcceptablePassword(password, who, POLICY);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ field: 'password' });
    return (error as { code: string }).code;
  }
}

describe('a new password', () => {
  it.each([
    'correct horse battery',
    'only lower case letters',
    '8 chars!',
    '        ',
    'пароль пароль',
    '💙🐎🔋📎💙🐎🔋📎',
    'x'.repeat(7).concat('💙'),
    'qz'.repeat(64),
    '💙'.repeat(128),
  ])('may be %j', async password => {
    expect(await refusal(password)).toBeUndefined();
  });

  it.each(['', 'seven77', '💙'.repeat(7), 'qz'.repeat(64).concat('q'), 'x'.repeat(1_000_000)])(
    'may not be too short or too long, counted in code points',
    async password => {
      expect(await refusal(password)).toBe('identity.password_length');
    },
  );

  it('is counted in the form that is hashed', async () => {
    expect(await refusal(`${'e\u0301'.repeat(8)}`)).toBeUndefined();
    expect(await refusal(`${'e\u0301'.repeat(7)}`)).toBe('identity.password_length');
    expect(await refusal('ﬃ'.repeat(7))).toBe('identity.password_length');
    expect(await refusal('ﬃ'.repeat(128))).toBeUndefined();
  });

  it.each(['password', 'PASSWORD', 'PassWord1', '12345678', 'qwertyuiop', 'ｐａｓｓｗｏｒｄ', 'iloveyou'])(
    'may not be the common %j, whatever its case and width',
    async password => {
      expect(await refusal(password)).toBe('identity.password_common');
    },
  );

  it.each([
    'Alice.Arden@Example.org',
    'alice.arden@example.org',
    'ALICE.ARDEN@EXAMPLE.ORG',
    'alice_arden',
    'ALICE_ARDEN',
    'ａｌｉｃｅ＿ａｒｄｅｎ',
  ])('may not be the email or user name %j', async password => {
    expect(await refusal(password)).toBe('identity.password_is_name');
  });

  it('may not be the email in its compatibility form', async () => {
    const email = 'ﬁona.ｆｕｌｌ@example.org';
    expect(await refusal(email, { email, username: null })).toBe('identity.password_is_name');
  });

  it('may contain the user name', async () => {
    expect(await refusal('alice_arden likes tea')).toBeUndefined();
  });

  it('may be anything long enough for somebody without a user name', async () => {
    expect(await refusal('null null', { ...ALICE, username: null })).toBeUndefined();
  });

  it('is normalised by NFC, which makes no character another', () => {
    expect(normalisePassword('ﬁ①e\u0301Ａ')).toBe('ﬁ①éＡ');
  });

  it('is compared with thousands of common ones that are long enough to be one', async () => {
    const { dictionary } = await import('@zxcvbn-ts/language-common');
    const long = dictionary['passwords-common'].filter(password => password.length >= 8).slice(0, 3000);
    expect(long).toHaveLength(3000);
    for (const password of long) expect(await common.has(password)).toBe(true);
  });

  it('may have at least the 64 characters that NIST asks for', () => {
    expect(MAX_PASSWORD).toBeGreaterThanOrEqual(64);
  });
});
