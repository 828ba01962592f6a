import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { VersionMismatch } from '../../src/kernel/errors.ts';
import type { RosterStorage } from '../../src/modules/roster/application/ports.ts';
import { Hero, type HeroContent } from '../../src/modules/roster/domain/hero.ts';
import { Membership } from '../../src/modules/roster/domain/membership.ts';
import { Team } from '../../src/modules/roster/domain/team.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { BIRTH, storedUser } from '../support/people.ts';
import { DIFFICULT_TEXTS } from '../support/texts.ts';

const LATER = new Date('2027-01-01T00:00:00.001Z');
const NOBODY = { secretName: null, age: null, userId: null };

describe.each(STORAGES)('the storage of the roster on %s', storage => {
  let application: TestApplication;
  let roster: RosterStorage;
  beforeAll(async () => {
    application = await testApplication(storage);
    roster = application.get(tokens.rosterStorage);
  });
  afterAll(() => application.close());

  const nextId = () => application.get(tokens.ids).next();
  const hero = async (content: Partial<HeroContent> = {}) => {
    const made = new Hero(nextId(), { name: 'Deadpond', ...NOBODY, ...content }, BIRTH);
    await roster.work.run(({ heroes }) => heroes.add(made));
    return made;
  };
  const team = async (name = 'Preventers') => {
    const made = new Team(nextId(), { name, headquarters: null }, BIRTH);
    await roster.work.run(({ teams }) => teams.add(made));
    return made;
  };
  const join = (to: Team, who: Hero, isTraining = false) =>
    roster.work.run(({ memberships }) => memberships.add(new Membership(to.id, who.id, isTraining, BIRTH)));

  it('keeps every field of a hero, and changes of each', async () => {
    const { id: userId } = await storedUser(application);
    const made = await hero({ secretName: 'Dive Wilson', age: 48, userId });
    const found = await roster.work.run(({ heroes }) => heroes.get(made.id));
    expect(found).toBeInstanceOf(Hero);
    expect({ ...found }).toEqual({ ...made });
    const whole = { id: made.id, name: 'Deadpond', secretName: 'Dive Wilson', age: 48, userId };
    expect(await roster.heroes.find(made.id)).toMatchObject({ ...whole, createdAt: BIRTH, version: 1 });
    expect((await roster.work.run(({ heroes }) => heroes.of(userId))).map(({ id }) => id)).toEqual([made.id]);
    const change = { name: 'Other', ...NOBODY };
    await roster.work.run(async ({ heroes }) => (await heroes.get(made.id))?.change(change, LATER));
    expect(await roster.heroes.find(made.id)).toMatchObject({ ...change, updatedAt: LATER, version: 2 });
  });

  it('keeps every field of a team, and changes of each', async () => {
    const made = await team();
    const found = await roster.work.run(({ teams }) => teams.get(made.id));
    expect({ ...found }).toEqual({ ...made });
    const change = { name: 'Z-Force', headquarters: 'Sister Margaret’s Bar' };
    await roster.work.run(async ({ teams }) => (await teams.get(made.id))?.change(change, LATER));
    expect(await roster.teams.find(made.id)).toMatchObject({ ...change, updatedAt: LATER, version: 2 });
  });

  it.each(DIFFICULT_TEXTS)('keeps the texts %j', async text => {
    const [short] = [text.slice(0, 90)];
    const { id } = await hero({ name: short, secretName: short });
    expect(await roster.heroes.find(id)).toMatchObject({ name: short, secretName: short });
  });

  it('shows members and teams by the ids of the other end, each with its own attribute', async () => {
    const [one, other] = [await team('One'), await team('Other')];
    const [first, second] = [await hero({ name: 'First' }), await hero({ name: 'Second' })];
    await join(one, second, true);
    await join(one, first);
    await join(other, first, true);
    expect((await roster.teams.membersOf(one.id)).map(({ name, isTraining }) => [name, isTraining])).toEqual([
      ['First', false],
      ['Second', true],
    ]);
    expect((await roster.heroes.teamsOf(first.id)).map(({ id, isTraining }) => [id, isTraining])).toEqual([
      [one.id, false],
      [other.id, true],
    ]);
    expect(await roster.teams.membersOf(UNKNOWN_ID)).toEqual([]);
  });

  it('finds, changes and removes one membership', async () => {
    const [one, who] = [await team(), await hero()];
    await join(one, who);
    await roster.work.run(async ({ memberships }) => {
      const membership = await memberships.get(one.id, who.id);
      if (membership) membership.isTraining = true;
    });
    expect(await roster.work.run(({ memberships }) => memberships.get(one.id, who.id))).toMatchObject({
      isTraining: true,
      version: 2,
    });
    await roster.work.run(async ({ memberships }) => {
      for (const membership of await memberships.ofTeam(one.id)) await memberships.remove(membership);
    });
    expect(await roster.work.run(({ memberships }) => memberships.ofHero(who.id))).toEqual([]);
  });

  it('keeps nothing of work that fails', async () => {
    const made = await team();
    const failing = roster.work.run(async ({ teams, heroes, memberships }) => {
      const extra = new Hero(nextId(), { name: 'Extra', ...NOBODY }, BIRTH);
      await heroes.add(extra);
      await memberships.add(new Membership(made.id, extra.id, false, BIRTH));
      (await teams.get(made.id))?.change({ name: 'Changed' }, LATER);
      throw new Error('No.');
    });
    await expect(failing).rejects.toThrow('No.');
    expect(await roster.teams.membersOf(made.id)).toEqual([]);
    expect(await roster.teams.find(made.id)).toMatchObject({ name: 'Preventers', version: 1 });
  });

  it('refuses to remove what has changed', async () => {
    const made = await team();
    const stale = new Team(made.id, { name: 'Stale', headquarters: null }, BIRTH);
    await roster.work.run(async ({ teams }) => (await teams.get(made.id))?.change({ name: 'New' }, LATER));
    await expect(roster.work.run(({ teams }) => teams.remove(stale))).rejects.toThrow(VersionMismatch);
    expect(await roster.teams.find(made.id)).toMatchObject({ name: 'New' });
  });

  it('knows who has an account', async () => {
    const { id } = await storedUser(application);
    expect(await roster.people.exists(id)).toBe(true);
    expect(await roster.people.exists(UNKNOWN_ID)).toBe(false);
  });
});
