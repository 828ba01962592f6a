import type { Api } from '../../../../platform/http/endpoint.ts';
import { chatProblems } from './chat-problems.ts';
import { type LiveParts, liveEndpoints } from './live-endpoints.ts';
import { type MessageUseCases, messageEndpoints } from './message-endpoints.ts';
import { type RoomUseCases, roomEndpoints } from './room-endpoints.ts';

export function chatApi(rooms: RoomUseCases, messages: MessageUseCases, live: LiveParts): Api {
  return {
    name: 'chat',
    description:
      'Rooms where people talk: public ones, private ones, those of a team, and those of two people. What is said comes at once over a WebSocket (`/docs/chat`), as events, or by asking.',
    problems: chatProblems,
    endpoints: [...roomEndpoints(rooms), ...messageEndpoints(messages), ...liveEndpoints(live)],
  };
}
