export type { RoomId } from './domain/room.ts';
