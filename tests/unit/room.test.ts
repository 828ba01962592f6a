import { describe, expect, it } from 'vitest';
import { InvalidText } from '../../src/kernel/errors.ts';
import {
  FieldMissing,
  FieldNotOfKind,
  FixedMembers,
  NotRoomCreator,
  RoomArchived,
  WithOneself,
} from '../../src/modules/chat/domain/errors.ts';
import { Room, type RoomContent } from '../../src/modules/chat/domain/room.ts';
import { directRoom, PRIVATE_ROOM, PUBLIC_ROOM, teamRoom } from '../support/chat.ts';
import { BIRTH } from '../support/people.ts';

const LATER = new Date(BIRTH.getTime() + 1);

const room = (content: RoomContent = PUBLIC_ROOM, by = 'alice') => new Room('room', by, content, BIRTH);

describe('a room', () => {
  it.each<[RoomContent, readonly string[]]>([
    [PUBLIC_ROOM, ['alice']],
    [PRIVATE_ROOM, ['alice']],
    [directRoom('bob'), ['alice', 'bob']],
    [teamRoom('team'), []],
  ])('of %j has the first members %j', (content, members) => {
    expect(room(content).firstMembers()).toEqual(members);
  });

  it.each<[Partial<RoomContent>, string]>([
    [{ name: null }, 'name'],
    [{ kind: 'private', name: null }, 'name'],
    [{ kind: 'team', teamId: 'team', name: null }, 'name'],
    [{ kind: 'team' }, 'team_id'],
    [{ kind: 'direct', name: null }, 'with'],
  ])('is not made with %j, where %s is missing', (content, field) => {
    const make = () => room({ ...PUBLIC_ROOM, ...content });
    expect(make).toThrow(FieldMissing);
    expect(make).toThrow(expect.objectContaining({ field }));
  });

  it.each<[Partial<RoomContent>, string]>([
    [{ teamId: 'team' }, 'team_id'],
    [{ with: 'bob' }, 'with'],
    [{ kind: 'private', teamId: 'team' }, 'team_id'],
    [{ kind: 'team', teamId: 'team', with: 'bob' }, 'with'],
    [{ kind: 'direct', with: 'bob' }, 'name'],
    [{ kind: 'direct', name: null, with: 'bob', teamId: 'team' }, 'team_id'],
  ])('is not made with %j, which has no %s', (content, field) => {
    const make = () => room({ ...PUBLIC_ROOM, ...content });
    expect(make).toThrow(FieldNotOfKind);
    expect(make).toThrow(expect.objectContaining({ field }));
  });

  it.each(['', 'x'.repeat(101), 'a\0b'])('has no name such as %j, at first or later', name => {
    expect(() => room({ ...PUBLIC_ROOM, name })).toThrow(InvalidText);
    expect(() => room().change({ name }, 'alice', LATER)).toThrow(InvalidText);
  });

  it('of two has the same key whoever made it, and is not with oneself', () => {
    expect(room(directRoom('bob')).directKey).toBe(room(directRoom('alice'), 'bob').directKey);
    expect(() => room(directRoom('alice'))).toThrow(WithOneself);
  });

  it('is changed by who made it, and left alone by a change to the same', () => {
    const made = room();
    made.change({ name: 'Garden', archived: false }, 'alice', LATER);
    expect(made.updatedAt).toBe(BIRTH);
    made.change({ name: 'Kitchen', archived: true }, 'alice', LATER);
    expect(made).toMatchObject({ name: 'Kitchen', archived: true, updatedAt: LATER });
    expect(() => made.change({}, 'bob', LATER)).toThrow(NotRoomCreator);
  });

  it('that is archived is only taken out of the archive, with another name if need be', () => {
    const made = room();
    made.change({ archived: true }, 'alice', BIRTH);
    made.change({ archived: true }, 'alice', LATER);
    expect(made.updatedAt).toBe(BIRTH);
    expect(() => made.change({ name: 'Kitchen' }, 'alice', LATER)).toThrow(RoomArchived);
    expect(() => made.change({ archived: false }, 'bob', LATER)).toThrow(NotRoomCreator);
    expect(() => made.requireOpenMembers()).toThrow(RoomArchived);
    made.change({ name: 'Kitchen', archived: false }, 'alice', LATER);
    expect(made).toMatchObject({ name: 'Kitchen', archived: false });
    expect(() => made.requireOpenMembers()).not.toThrow();
  });

  it('of two or of a team has members that do not come and go; of two it has no name', () => {
    for (const content of [directRoom('bob'), teamRoom('team')])
      expect(() => room(content).requireOpenMembers()).toThrow(FixedMembers);
    expect(() => room(directRoom('bob')).change({ name: 'Us' }, 'alice', LATER)).toThrow(FieldNotOfKind);
  });
});
