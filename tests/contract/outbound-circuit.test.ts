import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Answer,
  type ForeignServer,
  foreignServerOfTest,
  hanging,
  json,
  resetting,
  text,
} from '../support/foreign-server.ts';
import { outboundTo, type TestOutbound } from '../support/outbound.ts';

const PAUSE = 30_000;
const FAILURES = 3;

const status = (code: number): Answer => text('{}', { 'content-type': 'application/json' }, code);

describe('the circuit to another server', () => {
  let answer: Answer;
  let server: ForeignServer;
  let outbound: TestOutbound;
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    answer = json(1);
    server = await foreignServerOfTest((request, response) => answer(request, response));
    outbound = outboundTo(server.origin, { name: 'weather', failures: FAILURES, pause: PAUSE });
  });
  afterEach(() => vi.useRealTimers());

  const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);
  const ask = async (times: number): Promise<unknown[]> => {
    const answers: unknown[] = [];
    for (let time = 0; time < times; time += 1) answers.push(await outbound.ask());
    return answers;
  };
  const open = async () => {
    answer = status(500);
    await ask(FAILURES);
  };
  const state = async () => /circuit_state\{service="weather"\} (\d)/.exec(await outbound.metrics())?.[1];
  const changes = () => outbound.lines.map(({ level, msg }) => `${level}: ${msg}`);

  it.each([
    ['answers 500', status(500), 'status'],
    ['answers 429', status(429), 'status'],
    ['breaks connections', resetting, 'unreachable'],
  ])('opens where it %s so often in a row, and then it is not asked', async (_, bad, reason) => {
    answer = bad;
    expect(await ask(FAILURES)).toEqual(Array(FAILURES).fill(reason));
    const asked = server.requests.length;
    expect(await ask(3)).toEqual(Array(3).fill('open_circuit'));
    pass(PAUSE - 1);
    expect(await ask(1)).toEqual(['open_circuit']);
    expect(server.requests).toHaveLength(asked);
    expect(await state()).toBe('2');
  });

  it('opens where it does not answer in time', async () => {
    answer = hanging;
    const slow = outboundTo(server.origin, { failures: 1, timeout: 100 });
    expect(await slow.ask()).toBe('timeout');
    expect(await slow.ask()).toBe('open_circuit');
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['answers 404', status(404), 'status'],
    ['redirects', status(302), 'redirect'],
    ['answers no JSON', text('a', { 'content-type': 'text/html' }), 'not_json'],
    ['answers too much', json('x'.repeat(20_000)), 'too_large'],
  ])('stays closed where it %s, because it works', async (_, odd, reason) => {
    answer = odd;
    expect(await ask(FAILURES + 2)).toEqual(Array(FAILURES + 2).fill(reason));
    expect(await state()).toBe('0');
  });

  it('stays closed where failures are not in a row', async () => {
    for (const good of [json(1), status(404)]) {
      answer = status(500);
      await ask(FAILURES - 1);
      answer = good;
      await ask(1);
    }
    answer = status(500);
    expect(await ask(1)).toEqual(['status']);
    expect(await state()).toBe('0');
  });

  it('stays closed where it was given up, not it', async () => {
    answer = hanging;
    for (let time = 1; time <= FAILURES + 1; time += 1) {
      const waiting = new AbortController();
      const asked = outbound.ask('/', waiting.signal);
      await server.asked(time);
      waiting.abort();
      expect(await asked).toBe('timeout');
    }
    expect(await state()).toBe('0');
  });

  it('lets one question through after the pause, and no other beside it', async () => {
    await open();
    pass(PAUSE);
    const held: ServerResponse[] = [];
    answer = (_, response) => void held.push(response);
    const trial = outbound.ask();
    await server.asked(FAILURES + 1);
    expect(await ask(2)).toEqual(['open_circuit', 'open_circuit']);
    expect(await state()).toBe('1');
    for (const response of held) json(7)(server.requests[0] as never, response);
    expect(await trial).toBe(7);
    expect(server.requests).toHaveLength(FAILURES + 1);
  });

  it.each([
    ['well', json(1), 1],
    ['that there is no such thing', status(404), 'status'],
  ])('closes where it answers that one %s', async (_, good, answered) => {
    await open();
    pass(PAUSE);
    answer = good;
    expect(await ask(3)).toEqual([answered, answered, answered]);
    expect(await state()).toBe('0');
  });

  it('opens again for another pause where that one fails', async () => {
    await open();
    pass(PAUSE);
    expect(await ask(2)).toEqual(['status', 'open_circuit']);
    pass(PAUSE - 1);
    expect(await ask(1)).toEqual(['open_circuit']);
    pass(1);
    answer = json(1);
    expect(await ask(1)).toEqual([1]);
  });

  it('opens again where that one was given up, because nothing is known', async () => {
    await open();
    pass(PAUSE);
    answer = hanging;
    const waiting = new AbortController();
    const trial = outbound.ask('/', waiting.signal);
    await server.asked(FAILURES + 1);
    waiting.abort();
    await trial;
    expect(await state()).toBe('2');
    expect(await ask(1)).toEqual(['open_circuit']);
  });

  it('is told of once at each change, with the cause and no address', async () => {
    await open();
    await ask(2);
    expect(changes()).toEqual(['warn: Another server does not work and is not asked for a while']);
    expect(outbound.lines[0]).toMatchObject({ service: 'weather', reason: 'status', code: '500' });
    pass(PAUSE);
    answer = json(1);
    await ask(2);
    expect(changes().slice(1)).toEqual([
      'info: Another server is tried again',
      'info: Another server works again',
    ]);
    expect(JSON.stringify(outbound.lines)).not.toContain('127.0.0.1');
  });
});

describe('the places at another server', () => {
  it('are as many as are allowed; others wait, and more than ten times as many are refused at once', async () => {
    const held: ServerResponse[] = [];
    const server = await foreignServerOfTest((_, response) => void held.push(response));
    const outbound = outboundTo(server.origin, { maxInFlight: 2 });
    const asked = Array.from({ length: 22 }, () => outbound.ask());
    await server.asked(2);
    expect(await outbound.ask()).toBe('busy');
    expect(server.requests).toHaveLength(2);
    for (let answered = 0; answered < 22; answered += 1) {
      const request = await server.asked(answered + 1);
      json(answered)(request, held[answered] as ServerResponse);
      expect(server.requests.length - answered).toBeLessThanOrEqual(2);
    }
    expect((await Promise.all(asked)).toSorted((a, b) => Number(a) - Number(b))).toEqual([
      ...Array(22).keys(),
    ]);
  });

  it('are waited for no longer than the time limit, for which nobody is to blame', async () => {
    const server = await foreignServerOfTest(hanging);
    const outbound = outboundTo(server.origin, { maxInFlight: 1, timeout: 200, failures: 2 });
    const reasons = await Promise.all([outbound.ask(), outbound.ask(), outbound.ask()]);
    expect(reasons).toEqual(['timeout', 'timeout', 'timeout']);
    expect(server.requests).toHaveLength(1);
    expect(await outbound.metrics()).toContain('circuit_state{service="other"} 0');
  });
});
