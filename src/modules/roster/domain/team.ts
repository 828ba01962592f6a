import type { Id } from '../../../kernel/ids.ts';
import { boundedText, type TextBounds } from '../../../kernel/text.ts';

export type TeamId = Id<'team'>;

export const TEAM_NAME: TextBounds = { min: 1, max: 100 };
export const HEADQUARTERS: TextBounds = { min: 1, max: 200 };

export interface TeamContent {
  readonly name: string;
  readonly headquarters: string | null;
}

export class Team {
  readonly id: TeamId;
  name: string;
  headquarters: string | null;
  readonly createdAt: Date;
  updatedAt: Date;
  readonly version = 1;

  constructor(id: TeamId, content: TeamContent, now: Date) {
    const { name, headquarters } = checked(content);
    this.id = id;
    this.name = name;
    this.headquarters = headquarters;
    this.createdAt = now;
    this.updatedAt = now;
  }

  /** What `content` leaves out stays as it is; a change to the same leaves no trace. */
  change(content: Partial<TeamContent>, now: Date): void {
    const { name, headquarters } = this;
    const next = checked({ name, headquarters, ...content });
    if (next.name === name && next.headquarters === headquarters) return;
    Object.assign(this, next, { updatedAt: now });
  }
}

function checked({ name, headquarters }: TeamContent): TeamContent {
  return {
    name: boundedText('name', name, TEAM_NAME),
    headquarters: headquarters === null ? null : boundedText('headquarters', headquarters, HEADQUARTERS),
  };
}
