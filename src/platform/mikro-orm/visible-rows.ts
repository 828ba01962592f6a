import { type Expression, type ExpressionBuilder, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { ReadModelSource, Visibility } from './read-model-source.ts';
import {
  type AnyTables,
  type Dialect,
  queryBuilder,
  type SqlValue,
  type Statement,
  type StatementPreparer,
  slot,
} from './statements.ts';

type Filtered = ExpressionBuilder<AnyTables, string>;

/**
 * Teams of one person that are looked through one by one: on SQLite by a statement that names each, on PostgreSQL by one that has
 * them as a list. Of more, all rows are gathered and sorted.
 */
const TEAMS = { sqlite: 20, postgresql: 1000 };

const viewer = slot<SqlValue>('viewer');
const teamsOfViewer = sql`select team_id from team_people where user_id = ${viewer}`;
const listedTeams = sql`cast(${slot('teams')} as uuid[])`;

/** The first rows in a list's order that fulfil a condition, by their ids. */
export type FirstRows = (condition: Expression<SqlBool>) => Expression<unknown>;

/** What a viewer sees, as a condition on a row. `teams`: how many they are in, where that was looked up. */
export function isVisible(
  builder: Filtered,
  visibility: Visibility,
  dialect: Dialect,
  teams?: number,
): Expression<SqlBool> {
  const ways = personalWays(visibility, dialect);
  return builder.or(teams === 0 ? ways : [...ways, isOfTeam(visibility.team, dialect, teams)]);
}

/** PostgreSQL plans anew what it has to look up, and keeps the plan of what it is given. */
function isOfTeam(column: string, dialect: Dialect, teams: number | undefined): RawBuilder<SqlBool> {
  return dialect === 'postgresql' && teams !== undefined
    ? sql<SqlBool>`${sql.ref(column)} = any(${listedTeams})`
    : isOneOf(column, teamsOfViewer, dialect);
}

/** The same of a row of another table, which a column names. */
export function isSeenThrough(
  { column, table, visibility }: NonNullable<ReadModelSource<never>['seenThrough']>,
  dialect: Dialect,
): Expression<SqlBool> {
  const seen = queryBuilder(dialect)
    .selectFrom(table)
    .select(`${table}.id`)
    .where(builder => isVisible(builder as Filtered, visibility, dialect));
  return sql<SqlBool>`${sql.ref(column)} in (${seen})`;
}

/** Each way to see a row but by a team. */
function personalWays(
  { people, members, everybody }: Visibility,
  dialect: Dialect,
): readonly RawBuilder<SqlBool>[] {
  const ways = people.map(column => sql<SqlBool>`${sql.ref(column)} = ${viewer}`);
  if (everybody) ways.push(sql<SqlBool>`${sql.ref(everybody.column)} = ${sql.lit(everybody.value)}`);
  if (members) {
    const { column, table, row, person } = members;
    const own = sql`select ${sql.ref(row)} from ${sql.table(table)} where ${sql.ref(person)} = ${viewer}`;
    ways.push(isOneOf(column, own, dialect));
  }
  return ways;
}

/** PostgreSQL finds rows by an index of these values only in an array made before. */
function isOneOf(column: string, values: RawBuilder<unknown>, dialect: Dialect): RawBuilder<SqlBool> {
  return dialect === 'postgresql'
    ? sql<SqlBool>`${sql.ref(column)} = any(array(${values}))`
    : sql<SqlBool>`${sql.ref(column)} in (${values})`;
}

/**
 * The first rows that a viewer sees, without gathering all of them: the first of each way in which they may see one, each by
 * an index in the list's order, together hold the first of all. What they are a member of is gathered: it is theirs alone.
 */
export function firstVisible(
  firstRows: FirstRows,
  visibility: Visibility,
  dialect: Dialect,
  teams: number,
): RawBuilder<unknown> {
  const { team } = visibility;
  const ofPerson = personalWays(visibility, dialect).map(firstRows);
  const ofTeams =
    dialect === 'postgresql' && teams > 0
      ? [eachTeam(firstRows(sql<SqlBool>`${sql.ref(team)} = viewer_team.id`))]
      : Array.from({ length: teams }, (_, index) =>
          firstRows(sql<SqlBool>`${sql.ref(team)} = ${slot(teamSlot(index))}`),
        );
  const ways = [...ofPerson, ...ofTeams].map(way => sql`select id from (${way}) as way`);
  return sql`${sql.join(ways, sql` union `)}`;
}

function eachTeam(rows: Expression<unknown>): RawBuilder<unknown> {
  return sql`select first.id from unnest(${listedTeams}) as viewer_team(id) cross join lateral (${rows}) as first`;
}

const teamSlot = (index: number) => `team_${index}`;

/** The teams of somebody, as a statement has them. */
export interface TeamsOfViewer {
  /** In how many ways it looks for them: a way a team, or one for all of them, or none. */
  readonly ways: number;
  readonly values: Readonly<Record<string, SqlValue>>;
}

/** The teams of a viewer, which are looked up first: most people are in none or few. */
export class ViewerTeams {
  private readonly dialect: Dialect;
  private readonly statement: Statement;

  constructor(preparer: StatementPreparer) {
    this.dialect = preparer.dialect;
    const query = queryBuilder(this.dialect)
      .selectFrom('team_people')
      .select('team_id')
      .where('user_id', '=', viewer)
      .limit(sql.lit(TEAMS[this.dialect] + 1));
    this.statement = preparer.prepare(query);
  }

  /** Undefined where they are too many. */
  async of(viewerId: string): Promise<TeamsOfViewer | undefined> {
    const teams = (await this.statement.all({ viewer: viewerId })).map(([id]) => id as string);
    if (teams.length > TEAMS[this.dialect]) return undefined;
    if (this.dialect === 'postgresql')
      return { ways: Math.min(teams.length, 1), values: { teams: `{${teams.join()}}` } };
    const values = Object.fromEntries(teams.map((id, index) => [teamSlot(index), id]));
    return { ways: teams.length, values };
  }
}
