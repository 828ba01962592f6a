/** Rooms that one person makes: so many that only a program that has gone wrong wants more. */
export const MOST_ROOMS = 1000;

/** Members of a room: they are counted whenever somebody joins. */
export const MOST_MEMBERS = 10_000;
