import { sql } from 'kysely';
import { type Dialect, slot } from '../../../../platform/mikro-orm/statements.ts';

/** Any number of ids as one value, `ids`, which is JSON. */
export function idsIn(dialect: Dialect) {
  return dialect === 'sqlite'
    ? sql`(select value from json_each(${slot('ids')}))`
    : sql`(select json_array_elements_text(${slot('ids')}::json)::uuid)`;
}
