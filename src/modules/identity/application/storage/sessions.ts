import type { ListQuery, ListSpec, Page } from '../../../../kernel/list.ts';
import type { SessionId, UserId } from '../../../../kernel/principal.ts';
import type { RoleName } from '../../domain/role.ts';
import type { Session } from '../../domain/session.ts';

/** By what a client that keeps no cookies is known again. */
export type ClientTraits = Pick<Session, 'userId' | 'deviceName' | 'network'>;

export interface SessionRepository {
  get(id: SessionId): Promise<Session | undefined>;
  byFamilyHash(hash: string): Promise<Session | undefined>;
  /** All of a person's that have not ended. */
  liveOf(userId: UserId, now: Date): Promise<readonly Session[]>;
  /** Whether the person has ever signed in. */
  hasAny(userId: UserId): Promise<boolean>;
  /** Whether a client of this name has signed in from this network since then. */
  hasClient(client: ClientTraits, since: Date): Promise<boolean>;
  /** Those of a person's that have begun since then, and of which a mail tells. */
  announcedSince(userId: UserId, since: Date): Promise<readonly Session[]>;
  add(session: Session): Promise<void>;
  /** Removes at most so many of a person's, live or not, and returns how many. */
  removeSomeOf(userId: UserId, limit: number): Promise<number>;
}

/** What a session lets its person do at present. */
export interface SessionAccess {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly role: RoleName;
  /** What the role allows, as the role has it. */
  readonly roleScope: string | null;
  readonly isActive: boolean;
  readonly signedInAt: Date;
  readonly expiresAt: Date;
}

/** A session as its person sees it. */
export interface SessionView {
  readonly id: SessionId;
  readonly userId: UserId;
  readonly deviceName: string | null;
  readonly address: string | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
}

export const SESSION_LIST = {
  filters: {
    owner: { field: 'userId', match: 'equals' },
    live_at: { field: 'expiresAt', match: 'from' },
  },
  sorts: { created_at: 'createdAt', last_used_at: 'lastUsedAt' },
  defaultSort: { key: 'created_at', descending: true },
} as const satisfies ListSpec<SessionView>;

export interface SessionReader {
  access(id: SessionId): Promise<SessionAccess | undefined>;
  list(query: ListQuery): Promise<Page<SessionView>>;
}
