import { uuidv7 } from 'uuidv7';
import type { UserId } from '../../src/kernel/principal.ts';
import { type Beginning, Session, type SessionLifetimes } from '../../src/modules/identity/domain/session.ts';
import { BIRTH } from './people.ts';

export const LIFETIMES: SessionLifetimes = { idle: 60, absolute: 600, grace: 10 };

type Change = Partial<Beginning> & { readonly lifetimes?: SessionLifetimes; readonly now?: Date };

/** A session that no storage knows yet, of a family of its own. */
export function newSession(userId: UserId, change: Change = {}): Session {
  const { lifetimes = LIFETIMES, now = BIRTH, ...beginning } = change;
  const id = uuidv7();
  const device = { name: null, address: null };
  const hashes = { familyHash: `family of ${id}`, refreshTokenHash: `first of ${id}` };
  return new Session(id, { userId, scopes: ['todos'], device, ...hashes, ...beginning }, lifetimes, now);
}
