import { type Expression, type ExpressionBuilder, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Visibility } from './read-model-source.ts';
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

/** Teams of one person that are looked through one by one. Of more, all rows are gathered and sorted. */
const TEAMS = 20;

const viewer = slot<SqlValue>('viewer');
const teamsOfViewer = sql`select team_id from team_people where user_id = ${viewer}`;

/** The first rows in a list's order that fulfil a condition, by their ids. */
export type FirstRows = (condition: Expression<SqlBool>) => Expression<unknown>;

/** What a viewer sees, as a condition on a row; PostgreSQL finds rows by an index of their team only in an array made before. */
export function isVisible(
  builder: Filtered,
  { people, team }: Visibility,
  dialect: Dialect,
): Expression<SqlBool> {
  const isOfTeam =
    dialect === 'postgresql'
      ? sql<SqlBool>`${sql.ref(team)} = any(array(${teamsOfViewer}))`
      : sql<SqlBool>`${sql.ref(team)} in (${teamsOfViewer})`;
  return builder.or([...people.map(column => builder(column, '=', viewer)), isOfTeam]);
}

/**
 * The first rows that a viewer sees, without gathering all of them: the first of each way in which they may see one, each by
 * an index in the list's order, together hold the first of all.
 */
export function firstVisible(
  firstRows: FirstRows,
  { people, team }: Visibility,
  dialect: Dialect,
  teams: number,
): RawBuilder<unknown> {
  const ofPerson = people.map(column => firstRows(sql<SqlBool>`${sql.ref(column)} = ${viewer}`));
  const ofTeams =
    dialect === 'postgresql'
      ? [eachTeam(firstRows(sql<SqlBool>`${sql.ref(team)} = viewer_team.id`))]
      : Array.from({ length: teams }, (_, index) =>
          firstRows(sql<SqlBool>`${sql.ref(team)} = ${slot(teamSlot(index))}`),
        );
  const ways = [...ofPerson, ...ofTeams].map(way => sql`select id from (${way}) as way`);
  return sql`${sql.join(ways, sql` union `)}`;
}

function eachTeam(rows: Expression<unknown>): RawBuilder<unknown> {
  return sql`select first.id from unnest(array(${teamsOfViewer})) as viewer_team(id) cross join lateral (${rows}) as first`;
}

const teamSlot = (index: number) => `team_${index}`;

/** The teams of a viewer, which a statement on SQLite has one by one; PostgreSQL finds them by itself. */
export class ViewerTeams {
  private readonly statement: Statement | undefined;

  constructor(preparer: StatementPreparer) {
    if (preparer.dialect === 'postgresql') return;
    const query = queryBuilder('sqlite')
      .selectFrom('team_people')
      .select('team_id')
      .where('user_id', '=', viewer)
      .limit(TEAMS + 1);
    this.statement = preparer.prepare(query);
  }

  /** As values of slots; undefined where they are too many. */
  async of(viewerId: string): Promise<Readonly<Record<string, SqlValue>> | undefined> {
    const teams = (await this.statement?.all({ viewer: viewerId })) ?? [];
    if (teams.length > TEAMS) return undefined;
    return Object.fromEntries(teams.map(([id], index) => [teamSlot(index), id as SqlValue]));
  }
}
