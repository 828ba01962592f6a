import { DomainError } from '../../../kernel/errors.ts';

export class HeroNotFound extends DomainError {
  readonly code = 'roster.hero_not_found';

  constructor() {
    super('There is no such hero.');
  }
}

export class TeamNotFound extends DomainError {
  readonly code = 'roster.team_not_found';

  constructor() {
    super('There is no such team.');
  }
}

/** A hero stands for a person with an account, or for nobody. */
export class UnknownPerson extends DomainError {
  readonly code = 'roster.unknown_person';
  override readonly field = 'user_id';

  constructor() {
    super('There is no account with this id.');
  }
}

export class InvalidAge extends DomainError {
  readonly code = 'roster.age_invalid';
  override readonly field = 'age';

  constructor(most: number) {
    super(`An age is a whole number from 0 to ${most}.`);
  }
}

export class TeamFull extends DomainError {
  readonly code = 'roster.team_full';

  constructor(most: number) {
    super(`A team cannot have more than ${most} members.`);
  }
}

export class TooManyTeams extends DomainError {
  readonly code = 'roster.too_many_teams';

  constructor(most: number) {
    super(`A hero cannot be in more than ${most} teams.`);
  }
}

export type RosterErrorCode = (
  | HeroNotFound
  | TeamNotFound
  | UnknownPerson
  | InvalidAge
  | TeamFull
  | TooManyTeams
)['code'];
