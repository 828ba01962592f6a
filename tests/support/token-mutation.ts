import fc from 'fast-check';

/** Makes another text of a token. `other` is a second good token of the same kind, for parts to be exchanged with. */
export type Mutation = (token: string, other: string) => string;

const base64url = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
const place = fc.nat({ max: 10_000 });
const part = fc.nat({ max: 3 });

/** `character`: what can be put in, besides what tokens are made of. */
function oneMutation(character: fc.Arbitrary<string>): fc.Arbitrary<Mutation> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.tuple(place, base64url).map(([at, by]) => replaced(at, by)) },
    { weight: 2, arbitrary: fc.tuple(part, base64url).map(([end, by]) => endReplaced(end, by)) },
    { weight: 2, arbitrary: fc.tuple(part, place, fc.nat(7)).map(given => bitFlipped(...given)) },
    fc.tuple(place, character).map(([at, by]) => replaced(at, by)),
    fc.tuple(place, character).map<Mutation>(([at, by]) => token => {
      const index = at % (token.length + 1);
      return token.slice(0, index) + by + token.slice(index);
    }),
    fc.tuple(place, fc.integer({ min: 1, max: 8 })).map<Mutation>(([at, length]) => token => {
      const index = at % token.length;
      return token.slice(0, index) + token.slice(index + length);
    }),
    fc.tuple(place, place).map<Mutation>(([a, b]) => token => {
      const [i, j] = [a % token.length, b % token.length];
      return replaced(i, token.charAt(j))(replaced(j, token.charAt(i))(token));
    }),
    fc.tuple(part, part).map(([to, from]) => exchanged(to, token => token.split('.')[from])),
    part.map(at => exchanged(at, (_, other) => other.split('.')[at])),
    place.map<Mutation>(at => token => token.slice(0, at % token.length)),
    place.map<Mutation>(at => (token, other) => {
      const index = at % token.length;
      return token.slice(0, index) + other.slice(index);
    }),
    fc.constantFrom<Mutation>(
      token => token + token,
      token => `${token}.`,
      token => token.toUpperCase(),
      token => token.slice(token.indexOf('.') + 1),
      token => token.padEnd(5000, 'A'),
    ),
  );
}

/** One change, or sometimes a few. */
export function mutation(character: fc.Arbitrary<string>): fc.Arbitrary<Mutation> {
  const one = oneMutation(character);
  const few = fc
    .array(one, { minLength: 2, maxLength: 4 })
    .map<Mutation>(
      changes => (token, other) =>
        changes.reduce((changed, change) => (changed ? change(changed, other) : changed), token),
    );
  return fc.oneof({ weight: 5, arbitrary: one }, few);
}

function replaced(at: number, by: string): (token: string) => string {
  return token => {
    const index = at % token.length;
    return token.slice(0, index) + by + token.slice(index + 1);
  };
}

/** At the end of a part, where base64url has bits that mean nothing. */
function endReplaced(at: number, by: string): Mutation {
  return exchanged(at, token => `${token.split('.')[at]?.slice(0, -1) ?? ''}${by}`);
}

/** In what a part of the token says, and not how it is written. */
function bitFlipped(at: number, byte: number, bit: number): Mutation {
  return exchanged(at, token => {
    const bytes = Buffer.from(token.split('.')[at] ?? '', 'base64url');
    const index = byte % Math.max(bytes.length, 1);
    bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
    return bytes.toString('base64url');
  });
}

/** Another part at this place; none where there is no such place. */
function exchanged(at: number, by: (token: string, other: string) => string | undefined): Mutation {
  return (token, other) => {
    const parts = token.split('.');
    return at < parts.length ? parts.with(at, by(token, other) ?? '').join('.') : token;
  };
}
