/** Rooms that one person makes: so many that only a program that has gone wrong wants more. */
export const MOST_ROOMS = 1000;

/** Members of a room: they are counted whenever somebody joins. */
export const MOST_MEMBERS = 10_000;

/** Messages that are stored in one transaction. */
export const MOST_MESSAGES_AT_ONCE = 500;

/** Messages of one process that wait to be stored; that many are stored in a few seconds. */
export const MOST_MESSAGES_WAITING = 10_000;

/** Unread messages are counted so far. */
export const MOST_UNREAD = 1000;
