import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { INSIGHT_FAILURES, type InsightSource } from '../../src/modules/tasks/application/ports.ts';
import { UNKNOWN_ID } from './endpoints.ts';
import type { Call, MakeCall } from './open-api-calls.ts';
import type { World } from './open-api-world.ts';

const TASK = { title: 'Water the plants', description: 'All', due_date: '2030-01-31T12:00:00.000Z' };

const asAlice = ({ server, alice }: World, path: string, body?: object): Call => ({
  server,
  token: alice,
  path,
  body,
});

const idOf = async ({ server }: World, token: string): Promise<string> =>
  (await server.request('GET', '/users/me', { token })).body.id;

/** A request about a task of Alice's. */
const own =
  (body?: object, below = ''): MakeCall =>
  async world => {
    const { path, ...options } = asAlice(world, '/tasks', TASK);
    const { id } = (await world.server.request('POST', path, options)).body;
    return asAlice(world, `/tasks/${id}${below}`, body);
  };

/** The same by Bob, to whom it is assigned. */
const assigned =
  (body?: object): MakeCall =>
  async world => {
    const { server, alice: token, bob } = world;
    const content = { ...TASK, assignee_id: await idOf(world, bob) };
    const { id } = (await server.request('POST', '/tasks', { token, body: content })).body;
    return { server, token: bob, path: `/tasks/${id}`, body };
  };

const asBob =
  (make: MakeCall): MakeCall =>
  async world => ({ ...(await make(world)), token: world.bob });

/** Every kind of answer that a source gives. */
const SOURCES: readonly InsightSource[] = [
  { name: 'weather', ask: async () => ({ data: { celsius: [21, null] } }) },
  { name: 'nothing', ask: async () => ({ data: null }) },
  ...INSIGHT_FAILURES.map(failure => ({ name: failure, ask: async () => ({ failure }) })),
];

/** A task about which sources have something to say. */
const informed: MakeCall = async world => {
  const server = await world.fresh({}, [override(tokens.taskInsightSources, SOURCES)]);
  const { token } = await server.signUp('alice');
  const { id } = (await server.request('POST', '/tasks', { token, body: TASK })).body;
  return { server, token, path: `/tasks/${id}/insights` };
};

export const TASK_CALLS: Readonly<Record<string, Readonly<Record<number, readonly MakeCall[]>>>> = {
  listTasks: {
    200: [
      world => asAlice(world, '/tasks'),
      world => asAlice(world, '/tasks?cursor=&count=true&completed=false'),
    ],
    422: [world => asAlice(world, '/tasks?cursor=nonsense')],
  },
  createTask: {
    201: [
      world => asAlice(world, '/tasks', TASK),
      world => asAlice(world, '/tasks', { title: 'Title', description: null, completed: true }),
    ],
    422: [
      world => asAlice(world, '/tasks', { title: '    ' }),
      world => asAlice(world, '/tasks', { ...TASK, due_date: '2000-01-01T00:00:00.000Z' }),
      world => asAlice(world, '/tasks', { ...TASK, assignee_id: UNKNOWN_ID }),
      world => asAlice(world, '/tasks', { ...TASK, team_id: UNKNOWN_ID }),
    ],
  },
  readTask: { 200: [own(), assigned()], 404: [asBob(own())] },
  replaceTask: { 200: [own(TASK)], 403: [assigned({ title: 'Mine' })], 404: [asBob(own(TASK))] },
  changeTask: {
    200: [own({ description: null }), assigned({ completed: true })],
    403: [assigned({ title: 'Mine' })],
    404: [asBob(own({}))],
    422: [own({ title: '\0\0\0' }), own({ team_id: UNKNOWN_ID })],
  },
  deleteTask: { 204: [own()], 403: [assigned()], 404: [asBob(own())] },
  listTaskHistory: {
    200: [own(undefined, '/history'), own(undefined, '/history?cursor=&per_page=1')],
    404: [world => asAlice(world, `/tasks/${UNKNOWN_ID}/history`)],
  },
  readTaskInsights: {
    200: [own(undefined, '/insights'), informed],
    404: [world => asAlice(world, `/tasks/${UNKNOWN_ID}/insights`)],
  },
};
