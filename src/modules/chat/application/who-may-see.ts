import type { UserId } from '../../../kernel/principal.ts';
import type { TeamId } from '../../roster/index.ts';
import type { Room, RoomId } from '../domain/room.ts';
import { roomMemberId } from '../domain/room-member.ts';
import type { ChatRepositories } from './ports.ts';

/** Somebody, and a room that they may see or not. */
export interface Place extends Pick<Room, 'kind' | 'teamId'> {
  readonly roomId: RoomId;
  readonly userId: UserId;
}

/** What `visibleRoom` asks, of many people and rooms at once. Returns those who may, each as a membership (`roomMemberId`), be it one or not. */
export async function whoMaySee(
  places: Iterable<Place>,
  { members, people }: Pick<ChatRepositories, 'members' | 'people'>,
): Promise<ReadonlySet<string>> {
  const allowed = new Set<string>();
  const memberships = new Set<string>();
  const ofTeams = new Map<string, readonly [UserId, TeamId]>();
  for (const { roomId, userId, kind, teamId } of places) {
    const place = roomMemberId(roomId, userId);
    if (kind === 'public') allowed.add(place);
    else if (teamId) ofTeams.set(place, [userId, teamId]);
    else memberships.add(place);
  }
  const [present, areOf] = await Promise.all([
    members.present([...memberships]),
    people.areOf([...ofTeams.values()]),
  ]);
  for (const id of present) allowed.add(id);
  [...ofTeams.keys()].forEach((place, index) => {
    if (areOf[index]) allowed.add(place);
  });
  return allowed;
}
