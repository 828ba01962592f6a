import type { Options } from '../options.ts';

/** How much of everything is measured. */
export interface ChatSizes {
  readonly people: number;
  /** Of the one room, and in how many rooms how many are. */
  readonly members: number;
  readonly rooms: number;
  readonly roomMembers: number;
  /** Messages a second. */
  readonly slow: number;
  readonly fast: number;
  /** At which one process and two are compared. */
  readonly common: number;
  /** Where growing begins: in one room, at the bare server, and in many rooms. */
  readonly first: number;
  readonly firstBare: number;
  readonly firstOfRooms: number;
  /** How often a rate grows at most, and is halved towards the highest one that held. */
  readonly growths: number;
  readonly halvings: number;
  readonly sockets: number;
  readonly missed: number;
}

const WHOLE: ChatSizes = {
  people: 10,
  members: 1000,
  rooms: 100,
  roomMembers: 10,
  slow: 20,
  fast: 1000,
  common: 700,
  first: 1400,
  firstBare: 40,
  firstOfRooms: 2000,
  growths: 9,
  halvings: 2,
  sockets: 10_000,
  missed: 200,
};

const SMOKE: ChatSizes = {
  people: 2,
  members: 40,
  rooms: 5,
  roomMembers: 4,
  slow: 20,
  fast: 100,
  common: 50,
  first: 200,
  firstBare: 100,
  firstOfRooms: 100,
  growths: 1,
  halvings: 0,
  sockets: 100,
  missed: 20,
};

export const chatSizes = ({ smoke }: Options) => (smoke ? SMOKE : WHOLE);

/** Members of a room that say something. */
export const PUBLISHERS = 10;
