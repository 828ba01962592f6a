import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { ServerBusy } from '../../src/kernel/errors.ts';
import { ChangeMessage } from '../../src/modules/chat/application/change-message.ts';
import type { MessagesChanged } from '../../src/modules/chat/application/events.ts';
import { MarkRead } from '../../src/modules/chat/application/mark-read.ts';
import type { ChatStorage, MessageView } from '../../src/modules/chat/application/ports.ts';
import { PostMessages } from '../../src/modules/chat/application/post-messages.ts';
import { SendMessage } from '../../src/modules/chat/application/send-message.ts';
import { RoomArchived, RoomNotFound } from '../../src/modules/chat/domain/errors.ts';
import { MOST_MESSAGES_WAITING, MOST_UNREAD } from '../../src/modules/chat/domain/limits.ts';
import type { Room } from '../../src/modules/chat/domain/room.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { directRoom, PRIVATE_ROOM, PUBLIC_ROOM, storedRoom, teamRoom } from '../support/chat.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { principal, storedUser } from '../support/people.ts';
import { DIFFICULT_TEXTS } from '../support/texts.ts';

const numbers = (length: number) => Array.from({ length }, (_, index) => index + 1);

describe.each(STORAGES)('messages on %s', storage => {
  let application: TestApplication;
  let chat: ChatStorage;
  let send: SendMessage;
  let change: ChangeMessage;
  let alice: string;
  let bob: string;
  let carol: string;
  beforeAll(async () => {
    application = await testApplication(storage);
    application.get(tokens.rosterStorage);
    chat = application.get(tokens.chatStorage);
    send = application.get(tokens.sendMessage);
    const [ids, clock] = [application.get(tokens.ids), application.get(tokens.clock)];
    change = new ChangeMessage(chat.work, chat, ids, clock);
    [alice, bob, carol] = (await Promise.all(
      ['alice', 'bob', 'carol'].map(async fullName => (await storedUser(application, { fullName })).id),
    )) as [string, string, string];
  });
  afterAll(() => application.close());

  const room = (content = PUBLIC_ROOM, others: readonly string[] = []) =>
    storedRoom(application, alice, content, others);
  const say = (to: Pick<Room, 'id'>, text: string, by = alice, clientId: string = crypto.randomUUID()) =>
    send.execute({ roomId: to.id, content: { clientId, text } }, principal(by));
  const edit = (message: MessageView, text: string, by = alice, expectedVersion?: number) =>
    change.edit({ messageId: message.id, expectedVersion }, text, principal(by));
  const remove = (message: MessageView, by = alice) =>
    change.delete({ messageId: message.id, expectedVersion: undefined }, principal(by));
  const all = (of: Pick<Room, 'id'>) => chat.messages.after(of.id, 0, 1000);
  const position = async (of: Pick<Room, 'id'>) => (await chat.messages.positions([of.id]))[0];

  it('are numbered without a gap, however many are sent at once to however many rooms', async () => {
    const rooms = [await room(), await room(PRIVATE_ROOM, [bob, carol]), await room(directRoom(bob))];
    const people = [alice, bob];
    const sent = await Promise.all(
      numbers(120).map(number => say(rooms[number % 3] as Room, `${number}`, people[number % 2])),
    );
    for (const each of rooms) {
      const stored = await all(each);
      expect(stored.map(({ seq }) => seq)).toEqual(numbers(40));
      expect(stored.map(({ rev }) => rev)).toEqual(numbers(40));
      expect(await position(each)).toEqual({ id: each.id, seq: 40, rev: 40 });
      expect(stored).toEqual(expect.arrayContaining(sent.filter(({ roomId }) => roomId === each.id)));
    }
  });

  it('keep the order in which one person sends them', async () => {
    const garden = await room();
    await Promise.all(numbers(50).map(number => say(garden, `${number}`)));
    expect((await all(garden)).map(({ text }) => text)).toEqual(numbers(50).map(String));
  });

  it('are the same when they are sent again, one after the other or at once', async () => {
    const garden = await room();
    const first = await say(garden, 'once', alice, 'key');
    expect(await say(garden, 'something else', alice, 'key')).toEqual(first);
    const [one, other] = await Promise.all([
      say(garden, 'both', alice, 'two'),
      say(garden, 'both', alice, 'two'),
    ]);
    expect(one).toEqual(other);
    expect((await all(garden)).map(({ text }) => text)).toEqual(['once', 'both']);
    // Of another person, or in another room, it is another message.
    expect((await say(garden, 'mine', bob, 'key')).seq).toBe(3);
    expect((await say(await room(), 'there', alice, 'key')).seq).toBe(1);
  });

  it('of which some are refused are sent without those', async () => {
    const [garden, secret, archived] = [await room(), await room(PRIVATE_ROOM), await room()];
    const ofTeam = await room(teamRoom(UNKNOWN_ID));
    await chat.work.run(async ({ rooms }) =>
      (await rooms.get(archived.id))?.change({ archived: true }, alice, new Date()),
    );
    const results = await Promise.allSettled([
      say(garden, 'a', bob),
      say(secret, 'b', bob),
      say(archived, 'c', alice),
      say({ id: UNKNOWN_ID }, 'd', alice),
      say(ofTeam, 'e', alice),
      say(garden, 'f', bob),
    ]);
    const outcome = results.map(result => (result.status === 'fulfilled' ? result.value.seq : result.reason));
    expect(outcome).toEqual([
      1,
      expect.any(RoomNotFound),
      expect.any(RoomArchived),
      expect.any(RoomNotFound),
      expect.any(RoomNotFound),
      2,
    ]);
    expect(await position(secret)).toMatchObject({ seq: 0, rev: 0 });
  });

  it('are refused together where they cannot be stored, and the next are stored', async () => {
    const garden = await room();
    const failing = new PostMessages(
      chat.work,
      { next: () => 'no uuid at all' },
      { now: () => new Date(Number.NaN) },
    );
    const broken = new SendMessage(failing, async () => undefined);
    const command = (clientId: string) => ({ roomId: garden.id, content: { clientId, text: 'a' } });
    const attempts = await Promise.allSettled(
      numbers(3).map(number => broken.execute(command(`${number}`), principal(alice))),
    );
    if (storage !== 'memory') expect(attempts.map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
    const before = (await position(garden))?.seq ?? 0;
    expect((await say(garden, 'b')).seq).toBe(before + 1);
  });

  it('that are too many to be stored soon are refused', async () => {
    const never = new SendMessage(
      { execute: () => new Promise(() => undefined) } as unknown as PostMessages,
      async () => undefined,
    );
    const command = { roomId: UNKNOWN_ID, content: { clientId: 'a', text: 'a' } };
    for (let number = 0; number < MOST_MESSAGES_WAITING; number += 1)
      void never.execute(command, principal(alice));
    await expect(never.execute(command, principal(alice))).rejects.toThrow(ServerBusy);
  });

  it('are told to whoever listens, once they are stored', async () => {
    const garden = await room();
    const heard: MessagesChanged[] = [];
    const unsubscribe = application
      .get(tokens.events)
      .subscribe<MessagesChanged>('chat.messages_changed', event => heard.push(event));
    const message = await say(garden, 'a');
    await say(garden, 'again', alice, message.clientId);
    await edit(message, 'b');
    await edit(message, 'b');
    await remove(message);
    unsubscribe();
    const told = heard.flatMap(({ messages }) => messages);
    expect(told).toEqual([
      expect.objectContaining({ id: message.id, text: 'a', rev: 1, authorName: 'alice', editedAt: null }),
      expect.objectContaining({ id: message.id, text: 'b', rev: 2, editedAt: expect.any(Number) }),
      expect.objectContaining({ id: message.id, text: '', rev: 3, deleted: true }),
    ]);
    expect(JSON.parse(JSON.stringify(told))).toEqual(told);
  });

  it.each(DIFFICULT_TEXTS)('keep the text %j', async text => {
    const sent = await say(await room(), text);
    expect(sent.text).toBe(text);
    expect(await chat.messages.find(sent.id)).toEqual(sent);
  });

  it('keep what they said before each edit, and nothing of it once they are deleted', async () => {
    const garden = await room();
    const message = await say(garden, 'one');
    await edit(message, 'two');
    const edited = await edit(message, 'three');
    expect(edited).toMatchObject({ id: message.id, seq: 1, rev: 3, text: 'three' });
    const past = async () =>
      (await chat.messages.pastTexts({ where: { message: message.id }, paging: { page: 1, perPage: 10 } }))
        .rows;
    expect((await past()).map(({ text }) => text).toSorted()).toEqual(['one', 'two']);
    await remove(message);
    expect(await past()).toEqual([]);
    const found = await chat.messages.find(message.id);
    expect(found).toMatchObject({ text: '', deleted: true, rev: 4, seq: 1, sentAt: message.sentAt });
    expect(await position(garden)).toEqual({ id: garden.id, seq: 1, rev: 4 });
  });

  it('and changes to them are numbered without a gap, whoever makes them at once', async () => {
    const garden = await room();
    const sent = await Promise.all(numbers(10).map(number => say(garden, `${number}`)));
    await Promise.all([
      ...sent.map(message => edit(message, `${message.text}!`)),
      ...numbers(10).map(number => say(garden, `more ${number}`, bob)),
    ]);
    const stored = await all(garden);
    expect(stored.map(({ rev }) => rev).toSorted((a, b) => a - b)).toEqual(
      numbers(20).map(number => number + 10),
    );
    expect(await position(garden)).toEqual({ id: garden.id, seq: 20, rev: 30 });
  });

  it('are read by their numbers and by what has changed', async () => {
    const garden = await room();
    await say(await room(), 'elsewhere');
    const sent: MessageView[] = [];
    for (const number of numbers(6)) sent.push(await say(garden, `${number}`));
    const texts = (found: readonly MessageView[]) => found.map(({ text }) => text);
    expect(texts(await chat.messages.after(garden.id, 2, 3))).toEqual(['3', '4', '5']);
    expect(texts(await chat.messages.before(garden.id, 5, 2))).toEqual(['3', '4']);
    expect(texts(await chat.messages.before(garden.id, Number.MAX_SAFE_INTEGER, 2))).toEqual(['5', '6']);
    expect(texts(await chat.messages.before(garden.id, 1, 2))).toEqual([]);
    expect(texts(await chat.messages.after(garden.id, 6, 2))).toEqual([]);
    await edit(sent[3] as MessageView, 'four');
    await edit(sent[0] as MessageView, 'one');
    expect(texts(await chat.messages.changed(garden.id, 6, 6, 10))).toEqual(['four', 'one']);
    expect(texts(await chat.messages.changed(garden.id, 6, 7, 10))).toEqual(['one']);
    expect(texts(await chat.messages.changed(garden.id, 3, 6, 10))).toEqual(['one']);
    expect(texts(await chat.messages.changed(garden.id, 6, 6, 1))).toEqual(['four']);
    expect(await chat.messages.sentRev(garden.id, 4)).toBe(4);
    expect(await chat.messages.sentRev(garden.id, 7)).toBeUndefined();
  });

  it('are found by their words, by those only who see their rooms', async () => {
    const word = `w${crypto.randomUUID().slice(0, 8)}`;
    const [open, secret] = [await room(), await room(PRIVATE_ROOM, [bob])];
    const first = await say(open, `the ${word}s are ripe`);
    const second = await say(secret, `Eat the ${word}`);
    const search = async (viewer: string, where = {}) => {
      const query = { viewer, words: [word], where, paging: { page: 1, perPage: 10 } };
      const { rows, total } = await chat.messages.list(query);
      expect(total).toBe(rows.length);
      return rows.map(({ id }) => id);
    };
    expect((await search(bob)).toSorted()).toEqual([first.id, second.id].toSorted());
    expect(await search(carol)).toEqual([first.id]);
    expect(await search(bob, { room: secret.id })).toEqual([second.id]);
    expect(await search(carol, { room: secret.id })).toEqual([]);
    await edit(first, 'nothing of the kind');
    await remove(second);
    expect(await search(bob)).toEqual([]);
  });

  describe('and how far they are read', () => {
    const mark = (to: Pick<Room, 'id'>, seq: number, by = bob) =>
      new MarkRead(chat.work, chat.rooms, chat.directory, application.get(tokens.clock)).execute(
        { roomId: to.id, seq },
        principal(by),
      );
    const unread = async (of: Pick<Room, 'id'>, by = bob) =>
      (await chat.readMarks.unread(by)).find(({ roomId }) => roomId === of.id);

    it('goes forward only, and not past the last', async () => {
      const garden = await room(PUBLIC_ROOM, [bob]);
      expect(await unread(garden)).toEqual({ roomId: garden.id, seq: 0, read: 0, unread: 0 });
      for (const number of numbers(5)) await say(garden, `${number}`);
      expect(await mark(garden, 3)).toBe(3);
      expect(await mark(garden, 2)).toBe(3);
      expect(await unread(garden)).toEqual({ roomId: garden.id, seq: 5, read: 3, unread: 2 });
      expect(await mark(garden, 99)).toBe(5);
      expect(await unread(garden)).toMatchObject({ read: 5, unread: 0 });
      expect(await unread(garden, alice)).toMatchObject({ read: 0, unread: 0 });
    });

    it('is one mark, however many devices move it at once', async () => {
      const garden = await room(PUBLIC_ROOM, [bob]);
      for (const number of numbers(8)) await say(garden, `${number}`);
      await Promise.all(numbers(8).map(number => mark(garden, number)));
      expect(await unread(garden)).toMatchObject({ read: 8 });
    });

    it('counts neither own messages nor deleted ones, and so far only', async () => {
      const garden = await room(PUBLIC_ROOM, [bob]);
      await say(garden, 'mine', bob);
      await remove(await say(garden, 'gone'));
      await say(garden, 'stays');
      expect(await unread(garden)).toMatchObject({ seq: 3, unread: 1 });
      const post = new PostMessages(chat.work, application.get(tokens.ids), application.get(tokens.clock));
      const posting = (number: number) => ({
        roomId: garden.id,
        authorId: alice,
        content: { clientId: `${number}`, text: 'a' },
      });
      await post.execute(() => numbers(MOST_UNREAD).map(posting));
      expect(await unread(garden)).toMatchObject({ seq: MOST_UNREAD + 3, unread: MOST_UNREAD });
    });

    it('shows the rooms that somebody is in, and no others', async () => {
      const [open, secret] = [await room(), await room(PRIVATE_ROOM)];
      expect(await unread(open)).toBeUndefined();
      expect(await unread(secret)).toBeUndefined();
      expect(await unread(secret, alice)).toBeDefined();
    });
  });
});
