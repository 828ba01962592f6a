/** The person whose own list is read, and the one who adds to theirs; both are members like any other. */
export const READER = 'reader';
export const WRITER = 'writer';

export const AUTHORS = ['amy', 'ben', 'cleo', 'dan', 'eve'].map(name => `author-${name}`);

/** Owners of the to-dos that make the table large. */
export const OTHERS = Array.from({ length: 20 }, (_, index) => `other-${index}`);

export const PASSWORD = 'benchmark people only';

export const POSTS = 100;
export const OWN_TODOS = 100;
export const ALL_TODOS = 100_000;
/** Tasks and operations, of as many people. */
export const OWN_ENTRIES = 100;
export const ALL_ENTRIES = 100_000;

export const account = (username: string) => ({
  email: `${username}@example.org`,
  username,
  password: PASSWORD,
});

const SENTENCE = 'A sentence of the sort that people write when they have little to say. ';

/** About 200 characters. */
export const postText = (index: number) => ({
  title: `Post ${index} of the benchmark`,
  content: SENTENCE.repeat(3).slice(0, 200).trimEnd(),
});

export const todoText = (index: number) =>
  `To-do ${index}: water the plants on the window sill, then the ones outside`;

export const taskContent = (index: number) => ({
  title: `Task ${index} of the benchmark`,
  description: SENTENCE.trimEnd(),
  completed: index % 3 === 0,
});

export const operationContent = (index: number) => ({
  quantity: `${index}.50`,
  figi: `BBG${String(index % 50).padStart(9, '0')}`,
  instrument_type: index % 2 === 0 ? 'share' : 'bond',
  type: index % 3 === 0 ? ('sell' as const) : ('buy' as const),
});

/** The element at `index` of a list that starts again at its end. */
export function cyclic<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T;
}
