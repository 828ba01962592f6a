import { hash } from 'node:crypto';
import type { Clock } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/principal.ts';
import { type AnswerWork, TwinStillRunning } from '../idempotency/stored-answers.ts';
import type { Endpoint, Reply } from './endpoint.ts';
import { RequestError } from './problem.ts';

/** Milliseconds for which an answer can be had again. */
const KEPT = 86_400_000;

/** Milliseconds for which a request waits for one with the same key. */
const WAIT = 5000;

/** Visible ASCII: what every client can send, and every proxy passes on. */
const KEY = /^[\x21-\x7e]{1,255}$/;

/** A request that its client may send again without knowing whether it was answered. */
export interface KeyedRequest {
  readonly key: string;
  readonly userId: UserId;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** Whether an endpoint takes an `Idempotency-Key`. What must not be stored is not answered twice. */
export function isRepeatable({ method, scope, cache, keyedByBody }: Endpoint): boolean {
  return method === 'POST' && scope !== undefined && cache !== 'no-store' && !keyedByBody;
}

/** @throws RequestError where it is no key */
export function requireKey(key: string): void {
  if (!KEY.test(key))
    throw new RequestError(
      'request.malformed',
      'Idempotency-Key must have 1 to 255 visible characters of ASCII, such as a UUID.',
    );
}

/**
 * Does once what is asked more than once: the answer is kept in the transaction of its effect, for whoever sends the same
 * key with the same body (draft-ietf-httpapi-idempotency-key-header). An error is not kept, because nothing happened.
 */
export class RepeatedRequests {
  private readonly work: AnswerWork;
  private readonly clock: Clock;
  private readonly wait: number;
  private readonly running = new Map<string, Promise<unknown>>();

  /** `wait` in milliseconds. */
  constructor(work: AnswerWork, clock: Clock, wait: number = WAIT) {
    this.work = work;
    this.clock = clock;
    this.wait = wait;
  }

  /** @throws RequestError where the key came with another body, or its first request is still running */
  async once(request: KeyedRequest, answer: () => Promise<Reply>): Promise<Reply> {
    const { userId, method, path, key } = request;
    const id = digest([userId, method, path, key]);
    const deadline = performance.now() + this.wait;
    // In this process twins wait here, so that they do not take connections from others.
    for (let twin = this.running.get(id); twin; twin = this.running.get(id))
      if (!(await endsWithin(twin, deadline - performance.now()))) throw stillRunning();
    const running = this.answered(id, digest(request.body ?? null), answer).finally(() =>
      this.running.delete(id),
    );
    this.running.set(
      id,
      running.catch(() => undefined),
    );
    return running;
  }

  private async answered(id: string, fingerprint: string, answer: () => Promise<Reply>): Promise<Reply> {
    const now = this.clock.now();
    const claim = { fingerprint, expiresAt: new Date(now.getTime() + KEPT) };
    try {
      return await this.work.run(
        async ({ answers, join }) => {
          const kept = await answers.claim(id, claim, now);
          if (kept) return replayed(kept.answer, kept.fingerprint === fingerprint);
          const reply = await join(answer);
          await answers.keep(id, JSON.stringify(reply));
          return reply;
        },
        { retry: true },
      );
    } catch (error) {
      throw error instanceof TwinStillRunning ? stillRunning(error) : error;
    }
  }
}

function replayed(answer: string, isSame: boolean): Reply {
  if (!isSame)
    throw new RequestError(
      'request.key_reused',
      'This Idempotency-Key came with another body before. Take a new key for a new request.',
    );
  const reply = JSON.parse(answer) as Reply;
  return { ...reply, headers: { ...reply.headers, 'Idempotency-Replayed': 'true' } };
}

function stillRunning(cause?: Error): RequestError {
  return new RequestError(
    'request.still_running',
    'A request with this Idempotency-Key is still running. Send it again in a moment.',
    { cause, headers: { 'Retry-After': '2' } },
  );
}

async function endsWithin(running: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>(resolve => {
    timer = setTimeout(resolve, Math.max(milliseconds, 0), false);
  });
  try {
    return await Promise.race([running.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

function digest(value: unknown): string {
  return hash('sha256', JSON.stringify(value), 'base64url');
}
