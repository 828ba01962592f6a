import { expect } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import type { SessionId } from '../../src/kernel/principal.ts';
import type { TokenSet } from '../../src/modules/identity/application/ports.ts';
import type { Presentation } from '../../src/modules/identity/domain/session.ts';
import { InvalidGrant, InvalidToken } from '../../src/modules/identity/domain/session-errors.ts';
import type { TestApplication } from './application.ts';
import { principal } from './people.ts';
import { RefreshTokenFamily } from './refresh-token-family.ts';
import { identify, refresh, signIn } from './sign-in.ts';

const AUDITOR = principal('auditor', ['users:admin']);

/** One sign-in with all the refresh tokens that it ever got, and what the rules say of each of them. */
export class Device {
  readonly sessionId: SessionId;
  family: RefreshTokenFamily;
  /** Refresh tokens, by their number. */
  readonly held: string[];
  /** The one that it got last. */
  accessToken: string;
  private readonly application: TestApplication;

  static async signedIn(application: TestApplication, username: string): Promise<Device> {
    const tokenSet = await signIn(application, username);
    const { sessionId } = await identify(application, tokenSet.accessToken);
    return new Device(application, tokenSet, sessionId);
  }

  private constructor(application: TestApplication, tokenSet: TokenSet, sessionId: SessionId) {
    this.application = application;
    this.sessionId = sessionId;
    this.held = [tokenSet.refreshToken];
    this.accessToken = tokenSet.accessToken;
    this.family = new RefreshTokenFamily(this.now());
  }

  /**
   * Shows tokens all at once, each given by how many tokens it is before the newest, and checks that the answers are
   * those that the rules have for one order or another of them.
   */
  async show(backs: readonly number[]): Promise<ReadonlySet<Presentation>> {
    const numbers = backs.map(back => Math.max(0, this.family.newest - back));
    const answers = await Promise.all(
      numbers.map(number => refresh(this.application, this.held[number] as string).catch(refusal)),
    );
    for (const answer of answers) if (answer) this.accessToken = answer.accessToken;
    const got = answers.map(answer => answer?.refreshToken);
    for (const order of orders(numbers.map((number, index) => [number, got[index]] as const))) {
      const seen = this.explain(order);
      if (seen) return seen;
    }
    expect.fail(`No order of these explains what they got: ${JSON.stringify({ numbers, got })}`);
  }

  end(): void {
    this.family.end(this.now());
  }

  /** One token is good at the most, and it is the newest; access tokens are good as long as the session is. */
  async check(): Promise<void> {
    const introspect = this.application.get(tokens.introspectToken);
    const known = await Promise.all(this.held.map(token => introspect.execute(token, AUDITOR)));
    const good = known.flatMap((information, number) => (information ? [number] : []));
    const isOver = this.family.presentation(this.family.newest, this.now()) === 'ended';
    expect(good).toEqual(isOver ? [] : [this.family.newest]);
    const verified = identify(this.application, this.accessToken);
    if (isOver) await expect(verified).rejects.toThrow(InvalidToken);
    else expect((await verified).sessionId).toBe(this.sessionId);
  }

  /** What the tokens were taken for in this order, if it explains what they got: the family is then as that left it. */
  private explain(
    order: readonly (readonly [number: number, got: string | undefined])[],
  ): ReadonlySet<Presentation> | undefined {
    const family = this.family.copy();
    const seen = new Set<Presentation>();
    let minted: string | undefined;
    for (const [number, got] of order) {
      const presentation = family.presentation(number, this.now());
      seen.add(presentation);
      if (presentation === 'present') {
        if (got === undefined || this.held.includes(got)) return undefined;
        family.exchange(this.now());
        minted = got;
      } else if (presentation === 'repeated') {
        if (got !== (minted ?? this.held.at(-1))) return undefined;
      } else {
        if (got !== undefined) return undefined;
        if (presentation === 'reused') family.end(this.now());
      }
    }
    this.family = family;
    if (minted !== undefined) this.held.push(minted);
    return seen;
  }

  private now(): Date {
    return this.application.get(tokens.clock).now();
  }
}

function refusal(error: unknown): undefined {
  if (!(error instanceof InvalidGrant)) throw error;
}

/** All orders of a few things. */
function* orders<T>(things: readonly T[]): Generator<readonly T[]> {
  if (things.length === 0) yield [];
  for (const [index, first] of things.entries())
    for (const rest of orders(things.toSpliced(index, 1))) yield [first, ...rest];
}
