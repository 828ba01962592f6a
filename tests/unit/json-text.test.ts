import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonText } from '../../src/platform/http/json-text.ts';

async function written(members: Readonly<Record<string, unknown>>): Promise<string> {
  let text = '';
  for await (const piece of jsonText(members)) text += piece;
  return text;
}

async function* pagesOf(pages: readonly (readonly unknown[])[]): AsyncGenerator<readonly unknown[]> {
  yield* pages;
}

describe('the text of an object whose lists come page by page', () => {
  it('is that of the whole object, whatever is in it and however it is paged', async () => {
    const value = fc.jsonValue();
    const member = fc.oneof(
      value.map(plain => ({ plain, given: plain as unknown })),
      fc
        .array(fc.array(value, { maxLength: 3 }), { maxLength: 4 })
        .map(pages => ({ plain: pages.flat(), pages })),
    );
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), member), async members => {
        const entries = Object.entries(members);
        const given = entries.map(([name, part]) => [
          name,
          'pages' in part ? pagesOf(part.pages) : part.given,
        ]);
        const text = await written(Object.fromEntries(given));
        expect(text).toBe(
          JSON.stringify(Object.fromEntries(entries.map(([name, { plain }]) => [name, plain]))),
        );
      }),
    );
  });

  it('is made page by page, each asked for when it is wanted', async () => {
    const asked: number[] = [];
    async function* pages() {
      for (const number of [1, 2, 3]) {
        asked.push(number);
        yield [number];
      }
    }
    const text = jsonText({ first: 'a', list: pages(), last: 'z' });
    const pieces: string[] = [];
    for await (const piece of text) {
      pieces.push(piece);
      if (piece === '[1') expect(asked).toEqual([1]);
      if (pieces.length === 2) expect(asked).toEqual([]);
    }
    expect(pieces.join('')).toBe('{"first":"a","list":[1,2,3],"last":"z"}');
    expect(asked).toEqual([1, 2, 3]);
  });
});
