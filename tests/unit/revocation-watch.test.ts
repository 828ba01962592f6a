import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RevocationWatch } from '../../src/modules/identity/adapters/revocation-watch.ts';
import { VerifiedTokens } from '../../src/modules/identity/adapters/verified-tokens.ts';
import type { AccessRevoked } from '../../src/modules/identity/application/events.ts';
import type {
  LoggedRevocation,
  Revocation,
  RevocationReader,
} from '../../src/modules/identity/application/ports.ts';
import { LocalEventBus } from '../../src/platform/events/local-event-bus.ts';
import { type LogLine, logLines } from '../support/log-lines.ts';
import { BIRTH, principal } from '../support/people.ts';

/** How many rows the stand-in gives at once. */
const BATCH = 2;

describe('the watch over revocations', () => {
  let rows: LoggedRevocation[];
  let asked: number[];
  let failure: Error | undefined;
  let verified: VerifiedTokens;
  let events: LocalEventBus;
  let watch: RevocationWatch;
  let lines: LogLine[];
  /** Lets the reader answer; replaced to hold it up. */
  let answering: Promise<void>;

  const reader: RevocationReader = {
    latest: async () => rows.at(-1)?.sequence ?? 0,
    async after(sequence) {
      asked.push(sequence);
      await answering;
      if (failure) throw failure;
      return rows.filter(row => row.sequence > sequence).slice(0, BATCH);
    },
  };

  beforeEach(() => {
    [rows, asked, failure, answering] = [[], [], undefined, Promise.resolve()];
    const kept = logLines();
    lines = kept.lines;
    verified = new VerifiedTokens(100);
    events = new LocalEventBus(kept.log);
    watch = new RevocationWatch(reader, verified, events, kept.log);
  });
  afterEach(() => watch.stop());

  const alice = principal('alice');
  const ofAlice = { userId: alice.userId, sessionId: alice.sessionId };
  const remember = (token = 'a', by = alice) =>
    verified.remember(token, { principal: by, expiresAt: BIRTH.getTime() + 1 }, verified.mark());
  const known = (token = 'a') => verified.get(token, BIRTH) !== undefined;
  const revoke = (revocation: Revocation) => rows.push({ sequence: rows.length + 1, ...revocation });
  const eventually = (expectation: () => void) => vi.waitFor(expectation, { timeout: 5000, interval: 5 });

  it('lets tokens be believed from its start on', async () => {
    remember();
    expect(known()).toBe(false);
    await watch.start();
    remember();
    expect(known()).toBe(true);
  });

  it('forgets at once what an event tells', async () => {
    await watch.start();
    remember();
    const event: AccessRevoked = { type: 'identity.access_revoked', ...ofAlice };
    events.publish(event);
    expect(known()).toBe(false);
  });

  it('forgets within a second what no event told', async () => {
    await watch.start();
    remember();
    revoke(ofAlice);
    const began = performance.now();
    await eventually(() => expect(known()).toBe(false));
    expect(performance.now() - began).toBeLessThan(1000);
    remember();
    expect(known()).toBe(true);
  });

  it('goes through all that were added, however many, and each once', async () => {
    for (let number = 0; number < 3; number += 1) revoke({ userId: 'earlier', sessionId: null });
    await watch.start();
    const people = Array.from({ length: 5 }, (_, number) => principal(`person ${number}`));
    for (const person of people) {
      remember(person.userId, person);
      revoke({ userId: person.userId, sessionId: null });
    }
    await eventually(() => expect(asked).toEqual([3, 5, 7, 8]));
    expect(people.filter(({ userId }) => known(userId))).toEqual([]);
    await eventually(() => expect(asked).toEqual([3, 5, 7, 8, 8]));
  });

  describe('tells who listens', () => {
    let told: Revocation[];
    let stopTelling: () => void;
    beforeEach(() => {
      told = [];
      stopTelling = watch.onRevoked(revocation => told.push(revocation));
    });
    const publish = (revocation: Revocation) =>
      events.publish({ type: 'identity.access_revoked', ...revocation } as AccessRevoked);

    it('at once what an event tells', async () => {
      await watch.start();
      publish(ofAlice);
      publish({ userId: null, sessionId: null });
      expect(told).toEqual([ofAlice, { userId: null, sessionId: null }]);
    });

    it('within a second what no event told, each once and in order, however many', async () => {
      revoke({ userId: 'earlier', sessionId: null });
      await watch.start();
      const revocations = Array.from({ length: 5 }, (_, number) => ({
        userId: `${number}`,
        sessionId: null,
      }));
      const began = performance.now();
      for (const revocation of revocations) revoke(revocation);
      await eventually(() => expect(told).toEqual(revocations));
      expect(performance.now() - began).toBeLessThan(1000);
      await eventually(() => expect(asked.length).toBeGreaterThan(5));
      expect(told).toEqual(revocations);
    });

    it('what was revoked while the revocations could not be read', async () => {
      await watch.start();
      failure = new Error('gone');
      await eventually(() => expect(asked.length).toBeGreaterThan(0));
      revoke(ofAlice);
      failure = undefined;
      await eventually(() => expect(told).toEqual([ofAlice]));
    });

    it('when the token is forgotten already', async () => {
      await watch.start();
      const seen: boolean[] = [];
      watch.onRevoked(() => seen.push(known()));
      remember();
      publish(ofAlice);
      remember();
      revoke(ofAlice);
      await eventually(() => expect(seen).toEqual([false, false]));
    });

    it('all of them, although one throws, and goes on reading', async () => {
      const others: Revocation[] = [];
      watch.onRevoked(() => {
        throw new Error('broken');
      });
      watch.onRevoked(revocation => others.push(revocation));
      await watch.start();
      publish(ofAlice);
      revoke(ofAlice);
      await eventually(() => expect(others).toEqual([ofAlice, ofAlice]));
      expect(told).toEqual([ofAlice, ofAlice]);
      expect(new Set(lines.map(({ level }) => level))).toEqual(new Set(['error']));
    });

    it('nothing any more once they do not want it, and others still', async () => {
      const handler = (revocation: Revocation) => told.push(revocation);
      const stopOther = watch.onRevoked(handler);
      watch.onRevoked(handler);
      await watch.start();
      stopTelling();
      stopOther();
      stopOther();
      publish(ofAlice);
      expect(told).toEqual([ofAlice]);
    });

    it('nothing after the stop', async () => {
      await watch.start();
      await watch.stop();
      publish(ofAlice);
      expect(told).toEqual([]);
    });
  });

  it('keeps tokens believed for as long as there is nothing new', async () => {
    await watch.start();
    remember();
    await eventually(() => expect(asked.length).toBeGreaterThan(2));
    expect(known()).toBe(true);
  });

  it('believes nothing while the revocations cannot be read, says so once, and then goes on', async () => {
    await watch.start();
    remember();
    failure = new Error('gone');
    await eventually(() => expect(known()).toBe(false));
    await eventually(() => expect(asked.length).toBeGreaterThan(2));
    expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
      ['warn', 'Revoked tokens cannot be read; every token is looked up'],
    ]);
    failure = undefined;
    await eventually(() => expect(known()).toBe(true));
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'info']);
  });

  it('counts from when it asked, not from when it was answered', async () => {
    await watch.start();
    remember();
    const { promise, resolve } = Promise.withResolvers<void>();
    answering = promise;
    await eventually(() => expect(asked).toHaveLength(1));
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 1001);
    resolve();
    await watch.stop();
    expect(known()).toBe(false);
    vi.restoreAllMocks();
  });

  it('does not start where the revocations cannot be read', async () => {
    const broken = { ...reader, latest: () => Promise.reject(new RangeError('gone')) };
    const other = new RevocationWatch(broken, verified, events, logLines().log);
    await expect(other.start()).rejects.toThrow(RangeError);
    await other.stop();
  });

  it('keeps no process running', async () => {
    const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length;
    const before = timers();
    await watch.start();
    expect(timers()).toBe(before);
  });

  it('stops at once, and hears nothing after that', async () => {
    await watch.start();
    remember();
    const began = performance.now();
    await watch.stop();
    expect(performance.now() - began).toBeLessThan(400);
    const event: AccessRevoked = { type: 'identity.access_revoked', ...ofAlice };
    events.publish(event);
    expect(known()).toBe(true);
  });

  it('stops when it has finished what it was reading', async () => {
    await watch.start();
    const { promise, resolve } = Promise.withResolvers<void>();
    answering = promise;
    await eventually(() => expect(asked).toHaveLength(1));
    remember();
    revoke(ofAlice);
    const stopped = watch.stop();
    resolve();
    await stopped;
    expect(known()).toBe(false);
  });
});
