import Type, { type Static } from 'typebox';
import type { UserId } from '../../../../kernel/principal.ts';
import { nullable, Timestamp, Uuid } from '../../../../platform/http/schemas.ts';
import { timestamp } from '../../../../platform/http/timestamp.ts';
import type { RoomView } from '../../application/ports.ts';
import { otherIn, ROOM_NAME, type RoomChange, type RoomContent } from '../../domain/room.ts';

const name = Type.String({ minLength: ROOM_NAME.min, maxLength: ROOM_NAME.max, examples: ['Garden'] });

export const Kind = Type.Union(
  [Type.Literal('public'), Type.Literal('private'), Type.Literal('team'), Type.Literal('direct')],
  { examples: ['public'] },
);

const count = (description: string) => Type.Integer({ minimum: 0, description, examples: [0] });

const optional = <Schema extends Type.TSchema>(schema: Schema) => Type.Optional(nullable(schema));

export const NewRoom = Type.Object(
  { name: optional(name), kind: Kind, team_id: optional(Uuid), with: optional(Uuid) },
  { title: 'NewRoom', additionalProperties: false },
);

export const RoomPatch = Type.Object(
  { name: Type.Optional(name), archived: optional(Type.Boolean()) },
  { title: 'RoomPatch', additionalProperties: false },
);

export const Room = Type.Object(
  {
    id: Uuid,
    name: nullable(name),
    kind: Kind,
    team_id: nullable(Uuid),
    with: nullable(Uuid),
    archived: Type.Boolean({ examples: [false] }),
    seq: count('Number of the last message; 0 where there is none'),
    rev: count('Number of the last change to any message; 0 where there is none'),
    created_by: Uuid,
    created_at: Timestamp,
    updated_at: Timestamp,
  },
  { title: 'Room', additionalProperties: false },
);

/** Ids are compared as texts, and all are in small letters. */
const idOf = (text: string | null | undefined) => text?.toLowerCase() ?? null;

export const contentOf = (body: Static<typeof NewRoom>): RoomContent => ({
  kind: body.kind,
  name: body.name ?? null,
  teamId: idOf(body.team_id),
  with: idOf(body.with),
});

/** What a merge patch leaves out stays out; null resets. */
export const changeOf = (patch: Static<typeof RoomPatch>): Partial<RoomChange> => ({
  ...(patch.name !== undefined && { name: patch.name }),
  ...(patch.archived !== undefined && { archived: patch.archived ?? false }),
});

/** As one of those who see it does: whom a direct room is with is not the same for both. */
export const presentRoom = (room: RoomView, viewer: UserId) => ({
  id: room.id,
  name: room.name,
  kind: room.kind,
  team_id: room.teamId,
  with: otherIn(room.directKey, viewer),
  archived: room.archived,
  seq: room.seq,
  rev: room.rev,
  created_by: room.createdBy,
  created_at: timestamp(room.createdAt),
  updated_at: timestamp(room.updatedAt),
});
