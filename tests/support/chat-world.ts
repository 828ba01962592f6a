import { expect } from 'vitest';
import type { Override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import type { Settings } from '../../src/platform/configuration/settings.ts';
import { administrator } from './administrator.ts';
import type { StorageName } from './application.ts';
import { type ChatClient, openChat } from './chat-socket.ts';
import { type Answer, type TestServer, testServer } from './client.ts';

export interface Person {
  readonly id: string;
  readonly token: string;
}

/** Some people on a server, and what they do over HTTP. */
export class ChatWorld {
  readonly server: TestServer;
  readonly root: Person;
  readonly alice: Person;
  readonly bob: Person;
  readonly carol: Person;

  private constructor(server: TestServer, people: Pick<ChatWorld, 'root' | 'alice' | 'bob' | 'carol'>) {
    this.server = server;
    this.root = people.root;
    this.alice = people.alice;
    this.bob = people.bob;
    this.carol = people.carol;
  }

  static async start(
    storage: StorageName,
    overrides: readonly Override[] = [],
    change: Partial<Settings> = {},
  ): Promise<ChatWorld> {
    const server = await testServer(storage, change, overrides);
    return new ChatWorld(server, {
      root: await administrator(server),
      alice: await server.signUp('alice'),
      bob: await server.signUp('bob'),
      carol: await server.signUp('carol'),
    });
  }

  async call(method: string, path: string, body?: unknown, by = this.alice): Promise<Answer> {
    const answer = await this.server.request(method, path, { token: by.token, body });
    expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
    return answer;
  }

  open({ token }: Pick<Person, 'token'> = this.alice): Promise<ChatClient> {
    return openChat(this.server.origin, { token });
  }

  /** A room of Alice's, with others. */
  async room(kind: 'public' | 'private' = 'private', ...others: readonly Person[]): Promise<string> {
    const { id } = (await this.call('POST', '/chat/rooms', { name: 'Garden', kind })).body;
    for (const other of others) await this.call('PUT', `/chat/rooms/${id}/members/${other.id}`);
    return id;
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely.
  async post(room: string, text: string, by = this.alice): Promise<any> {
    const body = { text, client_id: crypto.randomUUID() };
    return (await this.call('POST', `/chat/rooms/${room}/messages`, body, by)).body;
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely.
  async edit(message: { readonly id: string }, text: string): Promise<any> {
    return (await this.call('PATCH', `/chat/messages/${message.id}`, { text })).body;
  }

  /** So many messages of Alice's, which cost little. */
  async fill(room: string, amount: number, textOf = (number: number) => `${number}`): Promise<void> {
    const send = this.server.application.get(tokens.sendMessage);
    const { principal } = await this.server.application
      .get(tokens.socketAuthentication)
      .reverify(this.alice.token);
    const by = { ...principal, address: null };
    const content = (number: number) => ({ clientId: `fill-${number}`, text: textOf(number) });
    await Promise.all(
      Array.from({ length: amount }, (_, number) =>
        send.execute({ roomId: room, content: content(number + 1) }, by),
      ),
    );
  }

  isFollowed(room: string): boolean {
    return this.server.application.get(tokens.liveRooms).isFollowed(room);
  }

  /** A team with a hero of each of these people. */
  async team(
    ...people: readonly Person[]
  ): Promise<{ readonly id: string; readonly heroes: readonly string[] }> {
    const { id } = (await this.call('POST', '/teams', { name: 'Preventers' }, this.root)).body;
    const heroes: string[] = [];
    for (const { id: user_id } of people) {
      const hero = (await this.call('POST', '/heroes', { name: 'Hero', user_id }, this.root)).body;
      await this.call('PUT', `/teams/${id}/members/${hero.id}`, {}, this.root);
      heroes.push(hero.id);
    }
    return { id, heroes };
  }
}
