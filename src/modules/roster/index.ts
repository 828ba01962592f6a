export type { TeamId } from './domain/team.ts';
