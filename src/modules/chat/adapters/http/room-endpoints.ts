import Type from 'typebox';
import { created, type Endpoint, noContent, ok } from '../../../../platform/http/endpoint.ts';
import {
  listQuery,
  PAGE_PARAMETERS,
  pageOf,
  pageReply,
  toListQuery,
} from '../../../../platform/http/list-endpoint.ts';
import { IdParams, Uuid } from '../../../../platform/http/schemas.ts';
import type { ChangeRoom } from '../../application/change-room.ts';
import type { CreateRoom } from '../../application/create-room.ts';
import { ROOM_LIST, type RoomView } from '../../application/ports.ts';
import type { PutRoomMember } from '../../application/put-room-member.ts';
import type { ReadRooms } from '../../application/read-rooms.ts';
import type { RemoveRoomMember } from '../../application/remove-room-member.ts';
import { endpoint } from './chat-problems.ts';
import { Author } from './message-representation.ts';
import { changeOf, contentOf, Kind, NewRoom, presentRoom, Room, RoomPatch } from './room-representation.ts';

export interface RoomUseCases {
  readonly create: CreateRoom;
  readonly change: ChangeRoom;
  readonly read: ReadRooms;
  readonly putMember: PutRoomMember;
  readonly removeMember: RemoveRoomMember;
}

const FILTERS = { kind: Kind, archived: Type.Boolean() };

const PageQuery = Type.Object(PAGE_PARAMETERS, { additionalProperties: false });

const MemberParams = Type.Object({ id: Uuid, user_id: Uuid });

/** Not cached: every message will write its room, so a list of rooms would hardly ever be kept. */
export function roomEndpoints(useCases: RoomUseCases): readonly Endpoint[] {
  const { create, change, read, putMember, removeMember } = useCases;
  return [
    endpoint({
      name: 'listRooms',
      method: 'GET',
      path: '/chat/rooms',
      summary: 'Lists the rooms that you may see',
      description:
        'Public ones, those of your teams, and those that you are a member of, newest first. `kind` keeps those of one kind, `archived` the archived ones or the others.',
      scope: 'chat',
      query: listQuery(ROOM_LIST, FILTERS, { keyset: true }),
      returns: { 200: pageOf(Room, 'PageOfRooms', { keyset: true }) },
      problems: [],
      cache: 'private',
      async handle({ query, url, principal }) {
        const asked = toListQuery(ROOM_LIST, query);
        const present = (room: RoomView) => presentRoom(room, principal.userId);
        return pageReply(await read.list(asked, principal), present, asked, url);
      },
    }),
    endpoint({
      name: 'createRoom',
      method: 'POST',
      path: '/chat/rooms',
      summary: 'Makes a room',
      description:
        'You are its first member. A public or private room has a name, a team’s room a name and a team of yours, a direct room somebody whom it is `with`. Two people have one direct room: whoever asks for it again is answered 200, with the one that there is. Nobody makes more than 1,000 rooms.',
      scope: 'chat',
      body: NewRoom,
      returns: { 200: Room, 201: Room },
      problems: [
        'chat.field_missing',
        'chat.field_not_of_kind',
        'chat.unknown_team',
        'chat.unknown_person',
        'chat.with_oneself',
        'chat.too_many_rooms',
      ],
      cache: 'private',
      async handle({ body, principal }) {
        const { room, isNew } = await create.execute(contentOf(body), principal);
        const shown = presentRoom(room, principal.userId);
        return isNew ? created(`/chat/rooms/${room.id}`, shown) : ok(shown);
      },
    }),
    endpoint({
      name: 'readRoom',
      method: 'GET',
      path: '/chat/rooms/:id',
      summary: 'Shows a room',
      scope: 'chat',
      params: IdParams,
      returns: { 200: Room },
      problems: ['chat.room_not_found'],
      cache: 'private',
      async handle({ params, principal }) {
        const room = await read.one(params.id, principal);
        return ok(presentRoom(room, principal.userId), room.version);
      },
    }),
    endpoint({
      name: 'changeRoom',
      method: 'PATCH',
      path: '/chat/rooms/:id',
      summary: 'Renames a room, archives it, or takes it out of the archive',
      description:
        'A JSON merge patch (RFC 7396). Only who made the room can. One that is archived can be read, and is only changed so that it is archived no more. A direct room has no name.',
      scope: 'chat',
      params: IdParams,
      body: RoomPatch,
      returns: { 200: Room },
      problems: ['chat.room_not_found', 'chat.not_creator', 'chat.room_archived', 'chat.field_not_of_kind'],
      cache: 'private',
      async handle({ params, body, expectedVersion, principal }) {
        const command = { roomId: params.id, content: changeOf(body), expectedVersion };
        return ok(presentRoom(await change.execute(command, principal), principal.userId));
      },
    }),
    endpoint({
      name: 'listRoomMembers',
      method: 'GET',
      path: '/chat/rooms/:id/members',
      summary: 'Lists who is in a room',
      description: 'Its members, or the people of its team, by their names.',
      scope: 'chat',
      params: IdParams,
      query: PageQuery,
      returns: { 200: pageOf(Author, 'PageOfMembers') },
      problems: ['chat.room_not_found'],
      cache: 'private',
      async handle({ params, query, url, principal }) {
        const paging = { page: query.page ?? 1, perPage: query.per_page ?? 10 };
        const found = await read.people(params.id, paging, principal);
        return pageReply(found, ({ id, name }) => ({ id, name }), { paging }, url);
      },
    }),
    endpoint({
      name: 'putRoomMember',
      method: 'PUT',
      path: '/chat/rooms/:id/members/:user_id',
      summary: 'Makes somebody a member of a room',
      description:
        'Everybody may join a public room; only members bring in others. Nobody is brought into a team’s room, a direct or an archived one. Done twice, it is as if it were done once. A room has 10,000 members at most.',
      scope: 'chat',
      params: MemberParams,
      returns: { 204: null },
      problems: [
        'chat.room_not_found',
        'chat.person_not_found',
        'chat.not_member',
        'chat.fixed_members',
        'chat.room_archived',
        'chat.room_full',
      ],
      cache: 'private',
      async handle({ params: { id: roomId, user_id: userId }, principal }) {
        await putMember.execute({ roomId, userId }, principal);
        return noContent();
      },
    }),
    endpoint({
      name: 'removeRoomMember',
      method: 'DELETE',
      path: '/chat/rooms/:id/members/:user_id',
      summary: 'Takes somebody out of a room',
      description:
        'Everybody may leave; only who made the room takes out others. Nobody leaves a team’s room, a direct or an archived one. Done twice, it is as if it were done once.',
      scope: 'chat',
      params: MemberParams,
      returns: { 204: null },
      problems: ['chat.room_not_found', 'chat.not_creator', 'chat.fixed_members', 'chat.room_archived'],
      cache: 'private',
      async handle({ params: { id: roomId, user_id: userId }, principal }) {
        await removeMember.execute({ roomId, userId }, principal);
        return noContent();
      },
    }),
  ];
}
