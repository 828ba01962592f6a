import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { MOST_MEMBERS } from '../../src/modules/chat/domain/limits.ts';
import { RoomMember } from '../../src/modules/chat/domain/room-member.ts';
import { administrator } from '../support/administrator.ts';
import { STORAGES } from '../support/application.ts';
import { type TestServer, testServer } from '../support/client.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { BIRTH } from '../support/people.ts';
import { expectProblem } from '../support/problem.ts';

interface Person {
  readonly id: string;
  readonly token: string;
}

const rooms = (server: TestServer) => {
  const send = (method: string, path: string, by: Person, body?: unknown) =>
    server.request(method, `/chat/rooms${path}`, { token: by.token, body });
  return {
    send,
    create: async (kind: string, by: Person, more: object = { name: 'Garden' }): Promise<string> =>
      (await send('POST', '', by, { kind, ...more })).body.id,
    read: (id: string, by: Person) => send('GET', `/${id}`, by),
    put: (id: string, who: { id: string }, by: Person) => send('PUT', `/${id}/members/${who.id}`, by),
    remove: (id: string, who: { id: string }, by: Person) => send('DELETE', `/${id}/members/${who.id}`, by),
    isMember: (id: string, { id: userId }: Person) =>
      server.application.get(tokens.chatStorage).rooms.isMember(id, userId),
  };
};

describe.each(STORAGES)('members of rooms on %s', storage => {
  let server: TestServer;
  let chat: ReturnType<typeof rooms>;
  let root: Person;
  let alice: Person;
  let bob: Person;
  let carol: Person;
  beforeAll(async () => {
    server = await testServer(storage);
    chat = rooms(server);
    root = await administrator(server);
    alice = await server.signUp('alice');
    bob = await server.signUp('bob');
    carol = await server.signUp('carol');
  });
  afterAll(() => server.stop());

  it('join a public room by themselves, and leave it, as often as they like', async () => {
    const id = await chat.create('public', alice);
    for (let time = 0; time < 2; time += 1) {
      expect(await chat.put(id, bob, bob)).toMatchObject({ status: 204, body: undefined });
      expect((await chat.put(id, bob, bob)).status).toBe(204);
      expect(await chat.isMember(id, bob)).toBe(true);
      expect(await chat.remove(id, bob, bob)).toMatchObject({ status: 204, body: undefined });
      expect((await chat.remove(id, bob, bob)).status).toBe(204);
      expect(await chat.isMember(id, bob)).toBe(false);
    }
    expect((await chat.read(id, bob)).status).toBe(200);
  });

  it('bring others into a public room, which those cannot who are none', async () => {
    const id = await chat.create('public', alice);
    expectProblem(await chat.put(id, carol, bob), 403, 'chat.not_member');
    await chat.put(id, bob, bob);
    expect((await chat.put(id, carol, bob)).status).toBe(204);
    expect(await chat.isMember(id, carol)).toBe(true);
  });

  it('bring others into a private room, who see it from then on until they leave', async () => {
    const id = await chat.create('private', alice);
    expectProblem(await chat.put(id, bob, bob), 404, 'chat.room_not_found');
    expect((await chat.put(id, bob, alice)).status).toBe(204);
    expect((await chat.read(id, bob)).status).toBe(200);
    expect((await chat.put(id, carol, bob)).status).toBe(204);
    expect((await chat.remove(id, bob, bob)).status).toBe(204);
    expect([(await chat.read(id, bob)).status, (await chat.read(id, carol)).status]).toEqual([404, 200]);
    expectProblem(await chat.remove(id, bob, bob), 404, 'chat.room_not_found');
  });

  it('are taken out by who made the room, and by nobody else', async () => {
    const id = await chat.create('private', alice);
    for (const who of [bob, carol]) await chat.put(id, who, alice);
    expectProblem(await chat.remove(id, carol, bob), 403, 'chat.not_creator');
    expectProblem(await chat.remove(id, alice, bob), 403, 'chat.not_creator');
    expect(await chat.isMember(id, carol)).toBe(true);
    expect((await chat.remove(id, carol, alice)).status).toBe(204);
    expect((await chat.read(id, carol)).status).toBe(404);
  });

  it('have accounts that are active', async () => {
    const id = await chat.create('private', alice);
    const gone = await server.signUp('gone');
    await server.request('PATCH', `/users/${gone.id}`, { token: root.token, body: { is_active: false } });
    for (const who of [gone, { id: UNKNOWN_ID }])
      expectProblem(await chat.put(id, who, alice), 404, 'chat.person_not_found');
    expectProblem(await chat.put(id, { id: 'bob' }, alice), 404, 'request.bad_id', [['/user_id', 'format']]);
    expect((await chat.remove(id, { id: UNKNOWN_ID }, alice)).status).toBe(204);
  });

  it('do not come or go while a room is archived', async () => {
    const id = await chat.create('public', alice);
    await chat.put(id, bob, bob);
    await chat.send('PATCH', `/${id}`, alice, { archived: true });
    expectProblem(await chat.put(id, carol, carol), 409, 'chat.room_archived');
    expectProblem(await chat.remove(id, bob, bob), 409, 'chat.room_archived');
    expectProblem(await chat.remove(id, bob, alice), 409, 'chat.room_archived');
    expect([await chat.isMember(id, bob), await chat.isMember(id, carol)]).toEqual([true, false]);
    await chat.send('PATCH', `/${id}`, alice, { archived: false });
    expect((await chat.remove(id, bob, bob)).status).toBe(204);
  });

  it('of a direct room or a team’s do not come or go', async () => {
    const asRoot = (method: string, path: string, body: object) =>
      server.request(method, path, { token: root.token, body });
    const team_id = (await asRoot('POST', '/teams', { name: 'Preventers' })).body.id;
    const hero = (await asRoot('POST', '/heroes', { name: 'Hero', user_id: alice.id })).body.id;
    await asRoot('PUT', `/teams/${team_id}/members/${hero}`, {});
    const ids = [
      await chat.create('direct', alice, { with: bob.id }),
      await chat.create('team', alice, { name: 'Ours', team_id }),
    ];
    for (const id of ids) {
      expectProblem(await chat.put(id, carol, alice), 409, 'chat.fixed_members');
      for (const who of [alice, bob])
        expectProblem(await chat.remove(id, who, alice), 409, 'chat.fixed_members');
    }
    expect(await chat.isMember(ids[0] ?? '', bob)).toBe(true);
  });

  it('that have deleted their account are in no room any more; the rooms stay', async () => {
    const leaver = await server.signUp('leaver');
    const id = await chat.create('private', leaver);
    const direct = await chat.create('direct', leaver, { with: bob.id });
    await chat.put(id, bob, leaver);
    const before = (await chat.read(id, bob)).body;
    expect((await server.request('DELETE', '/users/me', { token: leaver.token })).status).toBe(204);
    await vi.waitFor(
      async () => {
        expect(await chat.isMember(id, leaver)).toBe(false);
        expect(await chat.isMember(direct, leaver)).toBe(false);
      },
      { timeout: 15_000, interval: 20 },
    );
    expect((await chat.read(id, bob)).body).toEqual(before);
    expect((await chat.read(direct, bob)).status).toBe(200);
    const again = await chat.send('POST', '', bob, { kind: 'direct', with: leaver.id });
    expectProblem(again, 422, 'chat.unknown_person');
  });

  describe('are listed by their names', () => {
    const list = async (id: string, query = '', by = alice) => {
      const { status, body } = await chat.send('GET', `/${id}/members${query}`, by);
      return {
        status,
        total: body.total_count,
        names: body.results?.map(({ name }: { name: string }) => name),
      };
    };

    it('in rooms that have members, page by page', async () => {
      const id = await chat.create('private', carol);
      for (const person of [alice, bob]) await chat.put(id, person, carol);
      expect(await list(id)).toEqual({ status: 200, total: 3, names: ['alice', 'bob', 'carol'] });
      expect(await list(id, '?page=2&per_page=2')).toEqual({ status: 200, total: 3, names: ['carol'] });
      expect(await list(id, '?page=9')).toEqual({ status: 200, total: 3, names: [] });
    });

    it('in a team’s room, where they are the team’s people, each once', async () => {
      const team = (await server.request('POST', '/teams', { token: root.token, body: { name: 'Two' } })).body
        .id;
      for (const user_id of [bob.id, alice.id, alice.id, null]) {
        const body = { name: 'Hero', user_id };
        const hero = (await server.request('POST', '/heroes', { token: root.token, body })).body.id;
        await server.request('PUT', `/teams/${team}/members/${hero}`, { token: root.token, body: {} });
      }
      const id = await chat.create('team', alice, { name: 'Ours', team_id: team });
      expect(await list(id)).toEqual({ status: 200, total: 2, names: ['alice', 'bob'] });
    });

    it('to those who see the room', async () => {
      const id = await chat.create('private', alice);
      expect((await list(id, '', bob)).status).toBe(404);
    });
  });
});

describe('a room that is full', () => {
  it('takes nobody more, and those who are in it stay', async () => {
    const server = await testServer();
    const chat = rooms(server);
    const [alice, bob] = [await server.signUp('alice'), await server.signUp('bob')];
    const id = await chat.create('public', alice);
    const { work } = server.application.get(tokens.chatStorage);
    await work.run(async ({ members }) => {
      for (let number = 2; number < MOST_MEMBERS; number += 1)
        await members.add(new RoomMember(id, `nobody-${number}`, BIRTH));
    });
    expect((await chat.put(id, bob, bob)).status).toBe(204);
    const carol = await server.signUp('carol');
    expectProblem(await chat.put(id, carol, carol), 409, 'chat.room_full');
    expect((await chat.put(id, bob, alice)).status).toBe(204);
    await chat.remove(id, bob, bob);
    expect((await chat.put(id, carol, carol)).status).toBe(204);
    await server.stop();
  });
});
