import { describe, expect, it } from 'vitest';
import { contextOf, traceparentOf } from '../../src/platform/http/request-context.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const VALID = `00-${TRACE}-${SPAN}-01`;

describe('the trace of a request', () => {
  it.each([
    VALID,
    `00-${TRACE}-${SPAN}-00`,
    `00-${TRACE}-${SPAN}-02`,
    `00-${TRACE}-${SPAN}-03`,
    `00-${TRACE}-${SPAN}-ff`,
    `01-${TRACE}-${SPAN}-01`,
    `cc-${TRACE}-${SPAN}-01`,
    `cc-${TRACE}-${SPAN}-01-what-the-future-will-be-like`,
    `fe-${TRACE}-${SPAN}-00`,
  ])('is continued from %j', traceparent => {
    expect(contextOf('', traceparent)).toMatchObject({ traceId: TRACE });
  });

  it.each([
    '',
    'nonsense',
    `ff-${TRACE}-${SPAN}-01`,
    `0-${TRACE}-${SPAN}-01`,
    `000-${TRACE}-${SPAN}-01`,
    `.0-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN.toUpperCase()}-01`,
    `00-${TRACE}-${SPAN}-0A`,
    `00-${TRACE.slice(1)}-${SPAN}-01`,
    `00-${TRACE}0-${SPAN}-01`,
    `00-${TRACE}-${SPAN.slice(1)}-01`,
    `00-${TRACE}-${SPAN}0-01`,
    `00-${TRACE}-${SPAN}-0`,
    `00-${TRACE}-${SPAN}-001`,
    `00-${TRACE}-${SPAN}-.0`,
    `00-${TRACE}-${SPAN}`,
    `00_${TRACE}_${SPAN}_01`,
    `00-${TRACE.replace('a', '.')}-${SPAN}-01`,
    `${VALID}.`,
    `${VALID}-`,
    `${VALID}-what-the-future-will-be-like`,
    `cc-${TRACE}-${SPAN}-01.what-the-future-will-not-be-like`,
    `${VALID},${VALID}`,
    `${VALID}\n`,
    ` ${VALID}`,
  ])('is a new one where the request says %j', traceparent => {
    const { traceId } = contextOf('', traceparent);
    expect(traceId).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
    expect(traceId).not.toBe(TRACE);
  });

  it('has a part of its own in every request', () => {
    const spans = Array.from({ length: 1000 }, () => contextOf('', VALID).spanId);
    expect(new Set([...spans, SPAN]).size).toBe(1001);
    for (const span of spans) expect(span).toMatch(/^(?!0{16})[0-9a-f]{16}$/);
  });
});

describe('what is asked on behalf of a request', () => {
  it.each([
    [VALID, '01'],
    [`00-${TRACE}-${SPAN}-00`, '00'],
    [`00-${TRACE}-${SPAN}-03`, '01'],
    [`cc-${TRACE}-${SPAN}-fe-more`, '00'],
  ])(
    'belongs to the trace of %s, is recorded if that is, and names the request as its cause',
    (given, flags) => {
      const context = contextOf('', given);
      expect(traceparentOf(context)).toBe(`00-${TRACE}-${context.spanId}-${flags}`);
    },
  );

  it('belongs to the trace that began with the request', () => {
    const context = contextOf('', undefined);
    expect(traceparentOf(context)).toBe(`00-${context.traceId}-${context.spanId}-00`);
    expect(contextOf('', traceparentOf(context)).traceId).toBe(context.traceId);
  });
});

describe('the id of a request', () => {
  it.each(['a', 'A1._-', 'x'.repeat(128), '019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47'])('can be %j', id => {
    expect(contextOf(id, '').requestId).toBe(id);
  });

  it.each(['', ' ', 'a b', 'x'.repeat(129), 'a\nb', 'a\n', 'ä', '<script>', '"', 'a,b'])(
    'is a new one where the client says %j',
    id => {
      const [one, other] = [contextOf(id, ''), contextOf(id, '')];
      expect(one.requestId).toMatch(/^[A-Za-z0-9._-]{32,36}$/);
      expect(one.requestId).not.toBe(other.requestId);
    },
  );
});
