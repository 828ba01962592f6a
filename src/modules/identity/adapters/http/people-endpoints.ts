import Type from 'typebox';
import type { Endpoint } from '../../../../platform/http/endpoint.ts';
import { listQuery, pageOf, pageReply, toListQuery } from '../../../../platform/http/list-endpoint.ts';
import { Uuid } from '../../../../platform/http/schemas.ts';
import type { ListPeople } from '../../application/list-people.ts';
import { PEOPLE_LIST, type PersonView } from '../../application/ports.ts';
import { endpoint } from './identity-problems.ts';

const Person = Type.Object(
  { id: Uuid, name: Type.String({ description: 'The published name', examples: ['alice'] }) },
  { title: 'Person', additionalProperties: false },
);

const presentPerson = ({ id, name }: PersonView) => ({ id, name });

export function peopleEndpoints(list: ListPeople): readonly Endpoint[] {
  return [
    endpoint({
      name: 'listPeople',
      method: 'GET',
      path: '/people',
      summary: 'Lists the people here',
      description:
        'Everybody who is active, by the name that is on their posts: to choose somebody from. `q` searches these names.',
      scope: 'profile',
      query: listQuery(PEOPLE_LIST, {}),
      returns: { 200: pageOf(Person, 'PageOfPeople') },
      problems: [],
      cache: 'private',
      madeOf: ['people', 'active_people'],
      async handle({ query, url, principal }) {
        const asked = toListQuery(PEOPLE_LIST, query);
        return pageReply(await list.execute(asked, principal), presentPerson, asked, url);
      },
    }),
  ];
}
