import { MissingScope } from './errors.ts';
import type { Id } from './ids.ts';

export type UserId = Id<'user'>;
export type SessionId = Id<'session'>;

/** Everything that a token can allow. A role is a set of these; a token carries some of its role's. */
export const SCOPES = [
  'profile',
  'posts:write',
  'tasks',
  'todos',
  'operations',
  'chat',
  'roster:admin',
  'users:admin',
  'roles:admin',
  'jobs:admin',
] as const;

export type Scope = (typeof SCOPES)[number];

/** Who is asking, as every part of the application but identity sees them. */
export interface Principal {
  readonly userId: UserId;
  /** Of the session, or of the personal access token that takes its place. */
  readonly sessionId: SessionId;
  readonly roles: readonly string[];
  readonly scopes: ReadonlySet<Scope>;
  /** Whether it is the person, and not a program with a token of theirs. */
  readonly isPerson: boolean;
  /** When the person proved who they are. */
  readonly signedInAt: Date;
  /** The network address that asks; null where nobody does over a network. */
  readonly address: string | null;
}

/** A principal, wherever they ask from. */
export type Identified = Omit<Principal, 'address'>;

/** Who it is that shows a token, and until when the token says so. */
export interface Verified {
  readonly principal: Identified;
  /** Milliseconds since 1970; `Infinity` where the token has no end. A session that goes on may be verified anew then. */
  readonly expiresAt: number;
}

/** @throws MissingScope */
export function requireScope(principal: Principal, scope: Scope): void {
  if (!principal.scopes.has(scope)) throw new MissingScope(scope);
}
