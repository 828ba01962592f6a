import type { MemoryCollection } from '../../../../platform/memory/memory-collection.ts';
import { evaluateList } from '../../../../platform/memory/memory-list.ts';
import { PEOPLE_LIST, type PeopleReader, type PersonView } from '../../application/ports.ts';
import type { User } from '../../domain/user.ts';

export function inMemoryPeople(users: MemoryCollection<User>): PeopleReader {
  return { list: async query => evaluateList([...users.rows()].map(personOf), PEOPLE_LIST, query) };
}

const personOf = ({ id, displayName: name, isActive, createdAt }: User): PersonView => ({
  id,
  name,
  isActive,
  createdAt,
});
