import type { ListQuery, Page } from '../../../kernel/list.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import type { PeopleReader, PersonView } from './ports.ts';

/** Shows everybody who else is here: people who are active, by the name that is on what they write, and no more. */
export class ListPeople {
  private readonly people: PeopleReader;

  constructor(people: PeopleReader) {
    this.people = people;
  }

  async execute(query: ListQuery, by: Principal): Promise<Page<PersonView>> {
    requireScope(by, 'profile');
    return this.people.list({ ...query, where: { is_active: true } });
  }
}
