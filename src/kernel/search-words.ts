/** Words longer than this are compared by their beginning only: PostgreSQL bounds a lexeme at 2 KiB. */
const MAX_WORD = 64;

/** UTF-16 units of all words together. More are not searched: PostgreSQL bounds a `tsvector` at 1 MiB. */
const MAX_WORDS = 250_000;

const WORD = /[\p{L}\p{N}]+/gu;
const MARK = /\p{M}+/gu;

/**
 * The distinct words of a text, folded so that case, accents and compatibility forms do not matter
 * (Unicode NFKD without marks, in lower case). Every storage searches these words, so all find the same.
 */
export function searchWords(text: string): string[] {
  const words = new Set<string>();
  let length = 0;
  for (const [word] of folded(text).matchAll(WORD)) {
    const beginning = [...word.slice(0, 2 * MAX_WORD)].slice(0, MAX_WORD).join('');
    if (!words.has(beginning)) length += beginning.length + 1;
    if (length > MAX_WORDS) break;
    words.add(beginning);
  }
  return [...words];
}

/** Down, up and down again: sharp s has a capital, but becomes two letters only on its way up from the small one. */
function folded(text: string): string {
  const plain = text.normalize('NFKD').replace(MARK, '');
  return plain.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ');
}
