import type { Api } from '../../../../platform/http/endpoint.ts';
import { chatProblems } from './chat-problems.ts';
import { type RoomUseCases, roomEndpoints } from './room-endpoints.ts';

export function chatApi(rooms: RoomUseCases): Api {
  return {
    name: 'chat',
    description:
      'Rooms where people talk: public ones, private ones, those of a team, and those of two people.',
    problems: chatProblems,
    endpoints: roomEndpoints(rooms),
  };
}
