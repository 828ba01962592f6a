import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { coerceTexts } from '../../src/platform/http/coerce-texts.ts';
import { RequestError } from '../../src/platform/http/problem.ts';
import { validatorOf } from '../../src/platform/http/validation.ts';

const Body = Type.Object(
  {
    text: Type.Optional(Type.String({ minLength: 2, maxLength: 4 })),
    pattern: Type.Optional(Type.String({ pattern: '^[a-z]+$' })),
    id: Type.Optional(Type.String({ format: 'uuid' })),
    at: Type.Optional(Type.String({ format: 'date-time' })),
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: 9 })),
    flag: Type.Optional(Type.Boolean()),
    choice: Type.Optional(Type.Union([Type.Literal('a'), Type.Literal('b')])),
    nullable: Type.Optional(Type.Union([Type.String({ minLength: 1 }), Type.Null()])),
    list: Type.Optional(Type.Array(Type.Integer(), { minItems: 1, maxItems: 2, uniqueItems: true })),
    nested: Type.Optional(Type.Object({ 'a/b~c': Type.Integer() }, { additionalProperties: false })),
  },
  { additionalProperties: false },
);

const check = validatorOf(Body);

function errorsOf(value: unknown, validate = check) {
  try {
    validate(value);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(RequestError);
    const { code, errors = [], message } = error as RequestError;
    expect(code).toBe('request.invalid');
    expect(message).not.toBe('');
    for (const { detail } of errors) expect(detail).toMatch(/^(It|There) .+\.$/);
    return errors.map(field => [field.pointer, field.code]);
  }
}

describe('validation', () => {
  it.each([
    {},
    { text: '💙💙💙💙', pattern: 'abc', count: 1, flag: false, choice: 'b' },
    { nullable: null },
    { nullable: 'x', list: [1, 2], nested: { 'a/b~c': 1 } },
    { id: '019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47', at: '2026-11-23T12:00:00.000Z' },
    { at: '0001-01-01T00:00:00Z' },
    { at: '9999-12-31t23:59:59.999z' },
  ])('takes %j', value => {
    expect(errorsOf(value)).toEqual([]);
  });

  it.each([
    [{ text: 'a' }, [['/text', 'min_length']]],
    [{ text: '💙' }, [['/text', 'min_length']]],
    [{ text: 'abcde' }, [['/text', 'max_length']]],
    [{ text: 1 }, [['/text', 'type']]],
    [{ text: null }, [['/text', 'type']]],
    [{ pattern: 'A' }, [['/pattern', 'pattern']]],
    [{ id: 'nonsense' }, [['/id', 'format']]],
    [{ at: '2026-02-30T00:00:00Z' }, [['/at', 'format']]],
    [{ at: '2016-12-31T23:59:60Z' }, [['/at', 'format']]],
    [{ at: '0000-12-31T23:59:59Z' }, [['/at', 'format']]],
    [{ at: '0001-01-01T00:00:00+00:01' }, [['/at', 'format']]],
    [{ at: '9999-12-31T23:59:59-00:01' }, [['/at', 'format']]],
    [{ count: 0 }, [['/count', 'minimum']]],
    [{ count: 10 }, [['/count', 'maximum']]],
    [{ count: 1.5 }, [['/count', 'type']]],
    [{ count: '1' }, [['/count', 'type']]],
    [{ flag: 'true' }, [['/flag', 'type']]],
    [{ nullable: '' }, [['/nullable', 'min_length']]],
    [{ nullable: 1 }, [['/nullable', 'type']]],
    [{ list: [] }, [['/list', 'min_items']]],
    [{ list: [1, 2, 3] }, [['/list', 'max_items']]],
    [{ list: [1, 1] }, [['/list', 'unique_items']]],
    [{ list: [1, 'x'] }, [['/list/1', 'type']]],
    [{ nested: {} }, [['/nested/a~1b~0c', 'required']]],
    [{ nested: { 'a/b~c': 'x' } }, [['/nested/a~1b~0c', 'type']]],
    [{ unknown: 1 }, [['/unknown', 'unknown_field']]],
    [{ 'a/b': 1 }, [['/a~1b', 'unknown_field']]],
    [JSON.parse('{"__proto__": 1}'), [['/__proto__', 'unknown_field']]],
    [{ constructor: 1 }, [['/constructor', 'unknown_field']]],
    [[], [['', 'type']]],
    ['text', [['', 'type']]],
    [null, [['', 'type']]],
    [undefined, [['', 'type']]],
  ])('names each field and rule of %j', (value, expected) => {
    expect(errorsOf(value)).toEqual(expected);
  });

  it('names the choices that there are', () => {
    expect(errorsOf({ choice: 'c' })).toEqual([
      ['/choice', 'choice'],
      ['/choice', 'choice'],
    ]);
  });

  it('names everything that is wrong at once', () => {
    const errors = errorsOf({ text: 'a', count: 0, unknown: 1 });
    expect(errors).toHaveLength(3);
    expect(errors).toEqual(
      expect.arrayContaining([
        ['/text', 'min_length'],
        ['/count', 'minimum'],
        ['/unknown', 'unknown_field'],
      ]),
    );
  });

  it('does not repeat what was sent', () => {
    const password = validatorOf(Type.Object({ password: Type.String({ maxLength: 3 }) }));
    expect(() => password({ password: 'hunter2' })).toThrow(/^(?!.*hunter2)/);
  });

  it('refuses a schema whose format nobody knows', () => {
    const unknown = Type.Object({ list: Type.Array(Type.String({ format: 'colour' })) });
    expect(() => validatorOf(unknown)).toThrow('colour');
  });
});

describe('texts of a query or path', () => {
  const Query = Type.Object({
    page: Type.Optional(Type.Integer()),
    done: Type.Optional(Type.Boolean()),
    q: Type.Optional(Type.String()),
    id: Type.Optional(Type.String({ format: 'uuid' })),
  });

  it.each([
    [{ page: '7' }, { page: 7 }],
    [{ page: '-7' }, { page: -7 }],
    [{ page: '007' }, { page: 7 }],
    [{ page: '1e3' }, { page: '1e3' }],
    [{ page: '1.0' }, { page: '1.0' }],
    [{ page: ' 1' }, { page: ' 1' }],
    [{ page: '' }, { page: '' }],
    [{ page: '9'.repeat(16) }, { page: '9'.repeat(16) }],
    [{ page: ['1', '2'] }, { page: ['1', '2'] }],
    [{ done: 'true' }, { done: true }],
    [{ done: 'false' }, { done: false }],
    [{ done: 'TRUE' }, { done: 'TRUE' }],
    [{ done: '1' }, { done: '1' }],
    [{ q: 'true' }, { q: 'true' }],
    [{ q: '42' }, { q: '42' }],
    [{ id: '019AB0F4-7C1E-7D3A-8A51-0E6F3C9D2B47' }, { id: '019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47' }],
    [{ unknown: '42' }, { unknown: '42' }],
    [{ constructor: '42' }, { constructor: '42' }],
  ])('%j become %j', (texts, values) => {
    expect(coerceTexts(Query, texts)).toEqual(values);
  });

  it('keep a parameter called __proto__, so that it is refused', () => {
    const values = coerceTexts(Query, JSON.parse('{"__proto__": "1"}'));
    expect(Object.keys(values)).toEqual(['__proto__']);
    expect(Object.getOwnPropertyDescriptor(values, '__proto__')?.value).toBe('1');
  });
});
