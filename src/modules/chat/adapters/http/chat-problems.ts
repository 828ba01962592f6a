import { endpointsThrowing } from '../../../../platform/http/endpoint.ts';
import type { ChatErrorCode } from '../../domain/errors.ts';

export const chatProblems = {
  'chat.room_not_found': 404,
  'chat.person_not_found': 404,
  'chat.not_creator': 403,
  'chat.not_member': 403,
  'chat.room_archived': 409,
  'chat.fixed_members': 409,
  'chat.room_full': 409,
  'chat.too_many_rooms': 409,
  'chat.field_missing': 422,
  'chat.field_not_of_kind': 422,
  'chat.unknown_team': 422,
  'chat.unknown_person': 422,
  'chat.with_oneself': 422,
  'chat.message_not_found': 404,
  'chat.not_author': 403,
  'chat.message_deleted': 409,
  'chat.not_joined': 409,
  'chat.too_many_joined': 409,
} as const satisfies Record<ChatErrorCode, number>;

export const endpoint = endpointsThrowing<ChatErrorCode>();
