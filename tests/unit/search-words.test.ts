import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchWords } from '../../src/kernel/search-words.ts';

describe('the search words of a text', () => {
  it.each([
    ['', []],
    ['   ', []],
    ['!? … 💙 — *', []],
    ['Hello, World!', ['hello', 'world']],
    ['one two one ONE', ['one', 'two']],
    ['left-hand_side', ['left', 'hand', 'side']],
    ["l'été d’hier", ['l', 'ete', 'd', 'hier']],
    ['a\0b\nc\td', ['a', 'b', 'c', 'd']],
    ['Crème Brûlée', ['creme', 'brulee']],
    ['cre\u0300me', ['creme']],
    ['ÅNGSTRÖM', ['angstrom']],
    ['straße', ['strasse']],
    ['STRASSE', ['strasse']],
    ['STRAẞE', ['strasse']],
    ['ﬁne eﬃcient', ['fine', 'efficient']],
    ['ＦＵＬＬ　ｗｉｄｔｈ', ['full', 'width']],
    ['①②³', ['123']],
    ['Ⅷ', ['viii']],
    ['ΟΔΥΣΣΕΥΣ', ['οδυσσευσ']],
    ['Οδυσσεύς', ['οδυσσευσ']],
    ['ᾳ', ['α']],
    ['İstanbul', ['istanbul']],
    ['ısı', ['isi']],
    ['ISI', ['isi']],
    ['ſüß', ['suss']],
    ['ǅ', ['dz']],
    ['שָׁלוֹם', ['שלום']],
    ['日本語の記事', ['日本語の記事']],
    ['カﾞﾊﾟ', ['カハ']],
    ['한국', ['한국'.normalize('NFKD')]],
    ['42 3.14 v2', ['42', '3', '14', 'v2']],
    ['٤٢ ४२', ['٤٢', '४२']],
    ['𐐀𐐁', ['𐐨𐐩']],
    ['AND OR NOT NEAR', ['and', 'or', 'not', 'near']],
  ])('of %j are %j', (text, words) => {
    expect(searchWords(text)).toEqual(words);
  });

  it('are cut to 64 code points, and are distinct after that', () => {
    const long = 'x'.repeat(64);
    expect(searchWords(`${long}a ${long}b`)).toEqual([long]);
    expect(searchWords('x'.repeat(63))).toEqual(['x'.repeat(63)]);
    expect(searchWords('𐐨'.repeat(100))).toEqual(['𐐨'.repeat(64)]);
    expect(searchWords(`a${'𐐨'.repeat(100)}`)).toEqual([`a${'𐐨'.repeat(63)}`]);
  });

  const anyText = fc.string({ unit: 'binary', maxLength: 60 });

  it('are their own words: folding twice changes nothing', () => {
    fc.assert(
      fc.property(anyText, text => {
        const words = searchWords(text);
        expect(searchWords(words.join(' ')).toSorted()).toEqual(words.toSorted());
      }),
      { numRuns: 2000, seed: 20261123 },
    );
  });

  it('are the same for every cased letter in whatever case it is written', () => {
    const different: string[] = [];
    for (let codePoint = 0; codePoint <= 0x1ffff; codePoint += 1) {
      const letter = String.fromCodePoint(codePoint);
      const [lower, upper] = [letter.toLowerCase(), letter.toUpperCase()];
      // An iota subscript is a mark, which does not matter here, but a letter of its own in capitals.
      if (lower === upper || letter.normalize('NFD').includes('\u0345')) continue;
      const forms = [letter, lower, upper, letter.normalize('NFD')].map(form => searchWords(form).join(' '));
      if (new Set(forms).size > 1) different.push(`U+${codePoint.toString(16)} ${letter}`);
    }
    expect(different).toEqual([]);
  });

  it('have letters and digits only, whatever the text', () => {
    fc.assert(
      fc.property(anyText, text => {
        for (const word of searchWords(text)) expect(word).toMatch(/^[\p{L}\p{N}]+$/u);
      }),
      { numRuns: 2000, seed: 20261123 },
    );
  });
});
