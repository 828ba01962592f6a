/** Words longer than this are compared by their beginning only: PostgreSQL bounds a lexeme at 2 KiB. */
const MAX_WORD = 64;

const WORD = /[\p{L}\p{N}]+/gu;
const MARK = /\p{M}+/gu;

/**
 * The distinct words of a text, folded so that case, accents and compatibility forms do not matter
 * (Unicode NFKD without marks, in lower case). Every storage searches these words, so all find the same.
 */
export function searchWords(text: string): string[] {
  const folded = text.normalize('NFKD').replace(MARK, '').toUpperCase().toLowerCase().replaceAll('ς', 'σ');
  const words = new Set<string>();
  for (const [word] of folded.matchAll(WORD))
    words.add([...word.slice(0, 2 * MAX_WORD)].slice(0, MAX_WORD).join(''));
  return [...words];
}
