import { UNKNOWN_ID } from './endpoints.ts';
import type { Call, MakeCall } from './open-api-calls.ts';
import type { World } from './open-api-world.ts';

const HERO = { name: 'Deadpond', secret_name: 'Dive Wilson', age: 48 };
const TEAM = { name: 'Preventers', headquarters: 'Sharp Tower' };

const as = (token: string, { server }: World, path: string, body?: object): Call => ({
  server,
  token,
  path,
  body,
});

const asAlice = (world: World, path: string): Call => as(world.alice, world, path);
const asRoot = (world: World, path: string, body?: object): Call => as(world.root, world, path, body);

const made = async (world: World, list: string, content: object): Promise<string> =>
  (await world.server.request('POST', list, { token: world.root, body: content })).body.id;

const hero =
  (body?: object): MakeCall =>
  async world =>
    asRoot(world, `/heroes/${await made(world, '/heroes', HERO)}`, body);

const team =
  (body?: object): MakeCall =>
  async world =>
    asRoot(world, `/teams/${await made(world, '/teams', TEAM)}`, body);

const member =
  (body?: object): MakeCall =>
  async world => {
    const [of, who] = [await made(world, '/teams', TEAM), await made(world, '/heroes', HERO)];
    return asRoot(world, `/teams/${of}/members/${who}`, body);
  };

/** A hero who is in as many teams as anybody can be. */
const busy: MakeCall = async world => {
  const who = await made(world, '/heroes', HERO);
  const path = async () => `/teams/${await made(world, '/teams', TEAM)}/members/${who}`;
  for (let count = 0; count < 100; count += 1)
    await world.server.request('PUT', await path(), { token: world.root, body: {} });
  return asRoot(world, await path(), {});
};

const unknownPerson = { ...HERO, user_id: UNKNOWN_ID };

export const ROSTER_CALLS: Readonly<Record<string, Readonly<Record<number, readonly MakeCall[]>>>> = {
  listHeroes: {
    200: [world => asAlice(world, '/heroes'), world => asRoot(world, '/heroes?sort=updated_at&per_page=1')],
  },
  createHero: {
    201: [world => asRoot(world, '/heroes', HERO), world => asRoot(world, '/heroes', { name: 'Rusty-Man' })],
    422: [world => asRoot(world, '/heroes', unknownPerson)],
  },
  readHero: { 200: [hero()], 404: [world => asAlice(world, `/heroes/${UNKNOWN_ID}`)] },
  replaceHero: {
    200: [hero(HERO)],
    404: [world => asRoot(world, `/heroes/${UNKNOWN_ID}`, HERO)],
    422: [hero(unknownPerson)],
  },
  changeHero: {
    200: [hero({ age: null })],
    404: [world => asRoot(world, `/heroes/${UNKNOWN_ID}`, {})],
    422: [hero({ user_id: UNKNOWN_ID }), hero({ name: '\0' })],
  },
  deleteHero: { 204: [hero()], 404: [world => asRoot(world, `/heroes/${UNKNOWN_ID}`)] },
  listTeams: { 200: [world => asAlice(world, '/teams'), world => asRoot(world, '/teams?per_page=1')] },
  createTeam: { 201: [world => asRoot(world, '/teams', TEAM)] },
  readTeam: { 200: [team()], 404: [world => asAlice(world, `/teams/${UNKNOWN_ID}`)] },
  replaceTeam: { 200: [team(TEAM)], 404: [world => asRoot(world, `/teams/${UNKNOWN_ID}`, TEAM)] },
  changeTeam: {
    200: [team({ headquarters: null })],
    404: [world => asRoot(world, `/teams/${UNKNOWN_ID}`, {})],
  },
  deleteTeam: { 204: [team()], 404: [world => asRoot(world, `/teams/${UNKNOWN_ID}`)] },
  putTeamMember: {
    200: [member({}), member({ is_training: true })],
    404: [world => asRoot(world, `/teams/${UNKNOWN_ID}/members/${UNKNOWN_ID}`, {})],
    409: [busy],
  },
  removeTeamMember: {
    204: [member()],
    404: [world => asRoot(world, `/teams/${UNKNOWN_ID}/members/${UNKNOWN_ID}`)],
  },
};
