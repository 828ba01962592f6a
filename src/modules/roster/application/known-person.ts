import type { UserId } from '../../../kernel/principal.ts';
import { UnknownPerson } from '../domain/errors.ts';
import type { PeopleReader } from './ports.ts';

/** @throws UnknownPerson */
export async function requireKnownPerson(
  userId: UserId | null | undefined,
  people: PeopleReader,
): Promise<void> {
  if (userId && !(await people.exists(userId))) throw new UnknownPerson();
}
