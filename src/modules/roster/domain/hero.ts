import type { Id } from '../../../kernel/ids.ts';
import type { UserId } from '../../../kernel/principal.ts';
import { boundedText, type TextBounds } from '../../../kernel/text.ts';
import { InvalidAge } from './errors.ts';

export type HeroId = Id<'hero'>;

export const HERO_NAME: TextBounds = { min: 1, max: 100 };

/** Years. Some heroes are immortal. */
export const MAX_AGE = 1_000_000;

export interface HeroContent {
  readonly name: string;
  readonly secretName: string | null;
  readonly age: number | null;
  /** Whose hero it is: that person is in the hero's teams. */
  readonly userId: UserId | null;
}

/** A member of teams, who may stand for a person with an account. */
export class Hero {
  readonly id: HeroId;
  name: string;
  secretName: string | null;
  age: number | null;
  userId: UserId | null;
  readonly createdAt: Date;
  updatedAt: Date;
  readonly version = 1;

  constructor(id: HeroId, content: HeroContent, now: Date) {
    const { name, secretName, age, userId } = checked(content);
    this.id = id;
    this.name = name;
    this.secretName = secretName;
    this.age = age;
    this.userId = userId;
    this.createdAt = now;
    this.updatedAt = now;
  }

  /** What `content` leaves out stays as it is; a change to the same leaves no trace. */
  change(content: Partial<HeroContent>, now: Date): void {
    const { name, secretName, age, userId } = this;
    const next = checked({ name, secretName, age, userId, ...content });
    if (next.name === name && next.secretName === secretName && next.age === age && next.userId === userId)
      return;
    Object.assign(this, next, { updatedAt: now });
  }
}

function checked({ name, secretName, age, userId }: HeroContent): HeroContent {
  if (age !== null && !(Number.isInteger(age) && age >= 0 && age <= MAX_AGE)) throw new InvalidAge(MAX_AGE);
  return {
    name: boundedText('name', name, HERO_NAME),
    secretName: secretName === null ? null : boundedText('secret_name', secretName, HERO_NAME),
    age,
    userId,
  };
}
