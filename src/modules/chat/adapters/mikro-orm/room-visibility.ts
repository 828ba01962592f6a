import type { Visibility } from '../../../../platform/mikro-orm/read-model-source.ts';

/** Who sees a room, and what is in it. */
export const ROOM_VISIBILITY: Visibility = {
  people: [],
  team: 'rooms.team_id',
  everybody: { column: 'rooms.kind', value: 'public' },
  members: { column: 'rooms.id', table: 'room_members', row: 'room_id', person: 'user_id' },
};
