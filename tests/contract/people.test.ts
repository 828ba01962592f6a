import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContainer } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { searchWords } from '../../src/kernel/search-words.ts';
import { mikroOrmIdentity } from '../../src/modules/identity/adapters/mikro-orm/mikro-orm-identity.ts';
import { mikroOrmPeople } from '../../src/modules/identity/adapters/mikro-orm/mikro-orm-people.ts';
import type { PeopleReader } from '../../src/modules/identity/application/ports.ts';
import type { NewUser, User } from '../../src/modules/identity/domain/user.ts';
import { migrateDown, schemaState } from '../../src/platform/mikro-orm/migrate.ts';
import { STORAGES, sqlStorageOf, type TestApplication, testApplication } from '../support/application.ts';
import { BIRTH, newUser, storedUser } from '../support/people.ts';
import { noting, planOf } from '../support/statements.ts';

const FIRST_PAGE = { page: 1, perPage: 100 };

describe.each(STORAGES)('the list of people on %s', storage => {
  let application: TestApplication;
  let people: PeopleReader;
  let last = 0;

  beforeAll(async () => {
    application = await testApplication(storage);
    ({ people } = application.get(tokens.identityStorage));
  });
  afterAll(() => application.close());

  const change = (id: string, work: (user: User) => void) =>
    application.get(tokens.identityStorage).work.run(async ({ users }) => {
      const user = await users.get(id);
      if (user) work(user);
    });

  const named = (fullName: string) => storedUser(application, { fullName });

  async function found(text: string, where = {}): Promise<readonly string[]> {
    const { rows, total } = await people.list({ where, words: searchWords(text), paging: FIRST_PAGE });
    expect(total).toBe(rows.length);
    return rows.map(({ id }) => id);
  }

  /** A word that nobody else here has. */
  function word(): string {
    last += 1;
    return `zz${'abcdefghij'.charAt(last % 10)}${last}`;
  }

  it('shows who somebody is, and no more', async () => {
    const mine = word();
    const user = await storedUser(application, { username: mine, fullName: 'Hidden Name' });
    const { rows } = await people.list({ words: [mine], paging: FIRST_PAGE });
    expect(rows.map(row => ({ ...row }))).toEqual([
      { id: user.id, name: mine, isActive: true, createdAt: BIRTH },
    ]);
  });

  it.each([
    ['the beginning of a word', 'Quentin Quokka', 'quok'],
    ['a word without its accents', 'Ünal Ücretli', 'unal ucr'],
    ['accents that it does not have', 'Uber Angstrom', 'Über Ångström'],
    ['another case', 'dunnart', 'DUNNart'],
    ['sharp s as ss', 'Groß', 'GROSS'],
    ['words in another order', 'Echidna Numbat', 'numbat ech'],
    ['letters of other scripts', 'Οδυσσεύς', 'ΟΔΥΣΣ'],
    ['words between marks', "l'église d'Arc", 'eglise'],
    ['half of a name that others have too', '日本語', '日本'],
  ])('finds people by %s', async (_, name, text) => {
    const { id } = await named(name);
    expect(await found(text)).toContain(id);
  });

  it.each([
    ['the end of a word', 'hippopotamus', 'potamus'],
    ['a word more', 'aardvark', 'aardvark aardwolf'],
    ['what is between the words', 'sea lion', 'sealion'],
  ])('does not find people by %s', async (_, name, text) => {
    const { id } = await named(name);
    expect(await found(text)).not.toContain(id);
  });

  it('finds nobody by their email, or by the name that their user name hides', async () => {
    const mine = word();
    await storedUser(application, { email: `${mine}@example.org`, fullName: 'By Email' });
    await storedUser(application, { username: 'shown-alone', fullName: `Hidden ${mine}` });
    expect(await found(mine)).toEqual([]);
  });

  it('finds people who have no name by the word in its place', async () => {
    const user = await storedUser(application);
    expect(await found(user.displayName)).toEqual([user.id]);
  });

  it('finds people by a name that they took, and by the old one no more', async () => {
    const [before, after] = [word(), word()];
    const { id } = await named(before);
    await change(id, user => user.changeProfile({ fullName: after }, BIRTH));
    expect(await found(after)).toEqual([id]);
    expect(await found(before)).toEqual([]);
    await change(id, user => user.changeProfile({ fullName: '💙' }, BIRTH));
    expect(await found(after)).toEqual([]);
    await change(id, user => user.changeProfile({ fullName: before }, BIRTH));
    expect(await found(before)).toEqual([id]);
  });

  it('tells active people from others, who come and go', async () => {
    const mine = word();
    const { id } = await named(mine);
    const active = () => found(mine, { is_active: true });
    expect(await active()).toEqual([id]);
    await change(id, user => user.changeAccess({ role: 'member', isActive: false }, BIRTH));
    expect(await active()).toEqual([]);
    expect(await found(mine)).toEqual([id]);
    await change(id, user => user.changeAccess({ role: 'member', isActive: true }, BIRTH));
    expect(await active()).toEqual([id]);
  });

  it('shows nobody active who has deleted their account, by any name', async () => {
    const mine = word();
    const { id } = await named(mine);
    await change(id, user => user.delete(BIRTH));
    expect(await found(mine)).toEqual([]);
    expect(await found('former member', { is_active: true })).toEqual([]);
  });

  it('finds many who were added at once, one by one and together, newest first', async () => {
    const mine = word();
    const many = Array.from({ length: 120 }, (_, number) =>
      newUser({ fullName: `${mine} number${number}x` }, new Date(BIRTH.getTime() + number)),
    );
    await application.get(tokens.identityStorage).work.run(async ({ users }) => {
      for (const user of many) await users.add(user);
    });
    const query = { words: [mine], paging: { page: 2, perPage: 50 } };
    const { rows, total } = await people.list(query);
    expect(total).toBe(120);
    expect(rows.map(({ id }) => id)).toEqual(
      many
        .toReversed()
        .slice(50, 100)
        .map(({ id }) => id),
    );
    for (const number of [0, 7, 119])
      expect(await found(`${mine} number${number}x`)).toEqual([many[number]?.id]);
  });
});

describe.each(['sqlite', 'postgresql'] as const)('people on %s who were there before the search', storage => {
  const NAMES: readonly Partial<NewUser>[] = [
    { username: 'user.name-1' },
    { fullName: 'Ünal Ücretli' },
    { fullName: '💙' },
    { fullName: "quotes ' and ? marks" },
  ];

  it('are found after the step that brings it', async () => {
    const application = await testApplication(storage);
    const opened = sqlStorageOf(application);
    const users: User[] = [];
    for (const name of NAMES) users.push(await storedUser(application, name));
    let undone: readonly string[] = [];
    while (!undone.some(name => name.endsWith('_people_search'))) undone = await migrateDown(opened.database);
    const upgraded = await createContainer(application.settings);
    const { people, work } = upgraded.get(tokens.identityStorage);
    const found = async (text: string) =>
      (await people.list({ words: searchWords(text), paging: FIRST_PAGE })).rows.map(({ id }) => id);
    expect(await found('name 1')).toEqual([users[0]?.id]);
    expect(await found('unal UCR')).toEqual([users[1]?.id]);
    expect(await found('quotes marks')).toEqual([users[3]?.id]);
    const later = await storedUser(upgraded, { username: 'later.on' });
    expect(await found('later')).toEqual([later.id]);
    await work.run(async ({ users: all }) =>
      (await all.get(users[1]?.id ?? ''))?.changeProfile({ fullName: 'Renamed' }, BIRTH),
    );
    expect(await found('unal')).toEqual([]);
    expect(await found('renamed')).toEqual([users[1]?.id]);
    expect((await schemaState(opened.database)).every(({ applied }) => applied)).toBe(true);
    await upgraded.close();
    await application.close();
  });
});

describe.each(['sqlite', 'postgresql'] as const)('2,000 people on %s', storage => {
  let application: TestApplication;

  beforeAll(async () => {
    application = await testApplication(storage);
    const somebody = (number: number) => {
      const user = newUser({ username: `person-${number}` }, new Date(BIRTH.getTime() + number));
      if (number % 10 === 0) user.delete(BIRTH);
      return user;
    };
    await application.get(tokens.identityStorage).work.run(async ({ users }) => {
      for (let number = 0; number < 2000; number += 1) await users.add(somebody(number));
    });
  });
  afterAll(() => application.close());

  async function planFor(words: readonly string[]): Promise<string> {
    const opened = sqlStorageOf(application);
    const { database, ran } = noting(opened.database);
    const paging = { page: 1, perPage: 10 };
    const { rows } = await mikroOrmPeople(database.reader).list({
      where: { is_active: true },
      words,
      paging,
    });
    expect(rows.length).toBeGreaterThan(0);
    expect(ran).toHaveLength(1);
    return planOf(application.settings, ran[0] ?? { sql: '', values: [] });
  }

  it('are listed by an index, and not sorted', async () => {
    const plan = await planFor([]);
    expect(plan).toMatch(/users_active_by_age|users_by_age/);
    expect(plan).not.toMatch(/\bsort\b|temp b-tree/i);
  });

  it('are searched by the index of the words', async () => {
    const plan = await planFor(['1234']);
    expect(plan).toMatch(storage === 'sqlite' ? /VIRTUAL TABLE INDEX/ : /people_search/);
    if (storage === 'sqlite') expect(plan).toContain('users_seq');
    expect(plan).not.toMatch(/SCAN users|Seq Scan on users/);
  });

  it('are listed as accounts by the index of those who are left', async () => {
    const opened = sqlStorageOf(application);
    const { database, ran } = noting(opened.database);
    const { users } = mikroOrmIdentity({ kind: 'sql', database, jobs: opened.jobs });
    const { total } = await users.list({ paging: { page: 1, perPage: 10 } });
    expect(total).toBe(1800);
    const plan = await planOf(application.settings, ran[0] ?? { sql: '', values: [] });
    expect(plan).toContain('users_by_age');
    expect(plan).not.toMatch(/\bsort\b|temp b-tree/i);
  });
});
