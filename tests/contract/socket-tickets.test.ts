import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { MissingScope } from '../../src/kernel/errors.ts';
import type { UserId } from '../../src/kernel/principal.ts';
import { InvalidTicket, InvalidToken } from '../../src/modules/identity/domain/session-errors.ts';
import { SecretKey } from '../../src/platform/secrets/secret-key.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { accountDeletion } from '../support/own-data.ts';
import { principal, storedUser, without } from '../support/people.ts';
import { socketTickets } from '../support/socket-tickets.ts';
import { onPostgres } from '../support/statements.ts';
import { TestClock } from '../support/test-clock.ts';

const MOST = 20;
const SWEPT = 20;

/** As long as those of Keycloak may be. */
const ACCESS_TOKEN = `access.${'token'.repeat(3000)}`;

describe.each(STORAGES)('tickets for sockets on %s', storage => {
  const clock = new TestClock();
  let application: TestApplication;
  let all: ReturnType<typeof socketTickets>;
  let alice: UserId;
  beforeAll(async () => {
    application = await testApplication(storage, {}, [override(tokens.clock, clock)]);
    all = socketTickets(application);
    alice = (await storedUser(application)).id;
  });
  afterAll(() => application.close());

  const issue = async (userId = alice, accessToken = ACCESS_TOKEN) =>
    (await all.issue.execute(accessToken, principal(userId))).ticket;
  const somebody = async () => (await storedUser(application)).id;
  const refused = (ticket: string) =>
    expect(all.redeem.execute(ticket)).rejects.toBeInstanceOf(InvalidTicket);
  const repeat = async <T>(count: number, make: () => Promise<T>): Promise<T[]> => {
    const made: T[] = [];
    for (let time = 0; time < count; time += 1) made.push(await make());
    return made;
  };

  it('stand for the access token that they were asked for with, for 30 seconds', async () => {
    const issued = await all.issue.execute(ACCESS_TOKEN, principal(alice));
    expect(issued).toEqual({ ticket: expect.stringMatching(/^att_[\w-]{43}$/), expiresIn: 30 });
    clock.advance(29.999);
    expect(await all.redeem.execute(issued.ticket)).toBe(ACCESS_TOKEN);
  });

  it('are good for nothing after 30 seconds', async () => {
    const ticket = await issue();
    clock.advance(30);
    await refused(ticket);
    expect(await all.kept(ticket)).toBeUndefined();
  });

  it('are kept as a hash, and their access token encrypted', async () => {
    const ticket = await issue();
    const kept = await all.kept(ticket);
    expect({ ...kept }).toMatchObject({
      id: application.get(tokens.oneTimeTokens).hashOf(ticket),
      userId: alice,
      createdAt: clock.now(),
      expiresAt: new Date(clock.now().getTime() + 30_000),
    });
    const stored = JSON.stringify(kept);
    expect(stored).not.toContain(ticket.slice('att_'.length));
    expect(stored).not.toContain('tokentoken');
    expect(stored).not.toContain(Buffer.from('tokentoken').toString('base64url').slice(0, -1));
  });

  it('work once', async () => {
    const ticket = await issue();
    await all.redeem.execute(ticket);
    await refused(ticket);
  });

  it('work once of ten times at the same moment, and no other is used up', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [ticket, other] = [await issue(), await issue(alice, 'another')];
      const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => all.redeem.execute(ticket)));
      const won = outcomes.filter(outcome => outcome.status === 'fulfilled');
      expect(won.map(({ value }) => value)).toEqual([ACCESS_TOKEN]);
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(InvalidTicket);
      expect(await all.redeem.execute(other)).toBe('another');
    }
  });

  it('are refused where they are none', async () => {
    const ticket = await issue();
    const last = ticket.at(-1) === 'A' ? 'B' : 'A';
    const others = [
      '',
      'nonsense',
      'att_',
      `att_${'x'.repeat(43)}`,
      `atp_${ticket.slice(4)}`,
      ticket.slice(0, -1) + last,
      `${ticket}A`,
      ` ${ticket}`,
      `${ticket}\0`,
      `att_\0${'x'.repeat(42)}`,
      `${ticket}\n`,
      ACCESS_TOKEN,
      'att_'.padEnd(10_000, 'x'),
      '💙',
      all.secrets.hashOf(ticket) ?? '',
    ];
    for (const other of others) await refused(other);
    expect(await all.redeem.execute(ticket)).toBe(ACCESS_TOKEN);
  });

  it('open nothing under another secret key, or where what is kept was changed', async () => {
    const ticket = await issue();
    const elsewhere = socketTickets(application, SecretKey.random());
    await expect(elsewhere.redeem.execute(ticket)).rejects.toBeInstanceOf(InvalidTicket);
    const { secrets } = all;
    expect(secrets.open(secrets.seal('a'))).toBe('a');
    expect(secrets.open(`${secrets.seal('a').slice(0, -4)}AAAA`)).toBeUndefined();
    expect(secrets.open('')).toBeUndefined();
  });

  it('are 20 of a person at most: the oldest goes, and nobody else’s', async () => {
    const bob = await somebody();
    const others = await issue(alice);
    const own: string[] = [];
    for (let time = 0; time < MOST + 3; time += 1) {
      own.push(await issue(bob));
      clock.advance(0.001);
    }
    expect(await all.left(own)).toEqual(own.slice(3));
    expect(await all.left([others])).toEqual([others]);
  });

  it('are 20 at most also where many are asked for at once', async () => {
    const carol = await somebody();
    const issued = await Promise.all(Array.from({ length: MOST + 15 }, () => issue(carol)));
    expect(await all.left(issued)).toHaveLength(MOST);
  });

  it('go when they have expired, some with each that is made for anybody', async () => {
    const [one, other] = [await somebody(), await somebody()];
    clock.advance(60);
    await repeat(5, () => issue(alice));
    clock.advance(60);
    await issue(alice);
    clock.advance(1);
    const old = [...(await repeat(MOST, () => issue(one))), ...(await repeat(5, () => issue(other)))];
    clock.advance(30);
    const good = await issue(alice);
    expect(await all.left(old)).toHaveLength(old.length);
    clock.advance(0.001);
    await issue(alice);
    expect(await all.left(old)).toHaveLength(old.length - SWEPT);
    await issue(alice);
    expect(await all.left([...old, good])).toEqual([good]);
  });

  it('can be asked for by many at once, while many are used and many expire', async () => {
    const people = await Promise.all(Array.from({ length: 4 }, somebody));
    await Promise.all(people.flatMap(person => Array.from({ length: MOST }, () => issue(person))));
    clock.advance(31);
    const used = await Promise.all(people.map(person => issue(person)));
    const outcomes = await Promise.all([
      ...people.flatMap(person => Array.from({ length: MOST }, () => issue(person).then(() => 'issued'))),
      ...used.map(ticket =>
        all.redeem.execute(ticket).then(
          () => 'used',
          // Twenty newer ones may have come before.
          error => (error instanceof InvalidTicket ? 'used' : error),
        ),
      ),
    ]);
    expect(new Set(outcomes)).toEqual(new Set(['issued', 'used']));
  });

  it('are for who has the scope only', async () => {
    const by = principal(alice, without('chat'));
    await expect(all.issue.execute(ACCESS_TOKEN, by)).rejects.toBeInstanceOf(MissingScope);
  });

  it('go with the account, and none is made for one that is gone', async () => {
    const { id } = await storedUser(application);
    const tickets = await repeat(3, () => issue(id));
    const kept = await issue(alice);
    const now = { currentPassword: undefined, expectedVersion: undefined };
    await accountDeletion(application).execute(now, { ...principal(id), signedInAt: clock.now() });
    expect(await all.left([...tickets, kept])).toEqual([kept]);
    await expect(issue(id)).rejects.toBeInstanceOf(InvalidToken);
    await expect(issue(UNKNOWN_ID)).rejects.toBeInstanceOf(InvalidToken);
  });
});

it('tickets are removed on PostgreSQL past those that another process is removing', async () => {
  const clock = new TestClock();
  const application = await testApplication('postgresql', { databaseTimeout: 500 }, [
    override(tokens.clock, clock),
  ]);
  const { issue } = socketTickets(application);
  const [one, other] = [await storedUser(application), await storedUser(application)];
  for (let time = 0; time < 5; time += 1) await issue.execute('access', principal(one.id));
  clock.advance(31);
  await onPostgres(application.settings, async client => {
    await client.query('begin');
    await client.query('select 1 from socket_tickets limit 3 for update');
    await issue.execute('access', principal(other.id));
    const { rows } = await client.query<{ count: string }>('select count(*) from socket_tickets');
    expect(Number(rows[0]?.count)).toBe(4);
    await client.query('rollback');
  });
  await application.close();
});
