import type { SchemaStep } from '../../../../../platform/mikro-orm/schema-step.ts';

/** Whom other contexts may let take part in something: not who was deactivated, or has left. */
const UP = ['create view active_people as select id from users where is_active and deleted_at is null'];
const DOWN = ['drop view active_people'];

export const activePeopleStep: SchemaStep = {
  name: '20261125040000_active_people',
  up: { sqlite: UP, postgresql: UP },
  down: { sqlite: DOWN, postgresql: DOWN },
};
