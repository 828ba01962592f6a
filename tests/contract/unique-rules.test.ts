import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import type { IdentityWork } from '../../src/modules/identity/application/ports.ts';
import {
  EmailTaken,
  SetupFinished,
  UsernameTaken,
} from '../../src/modules/identity/domain/account-errors.ts';
import { Setup } from '../../src/modules/identity/domain/setup.ts';
import { Post } from '../../src/modules/posts/domain/post.ts';
import { Todo } from '../../src/modules/todos/domain/todo.ts';
import { UniqueViolation } from '../../src/platform/unique-violation.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { BIRTH, newUser, storedUser } from '../support/people.ts';
import { newSession } from '../support/sessions.ts';

describe.each(STORAGES)('unique rules on %s', storage => {
  let application: TestApplication;
  let identity: IdentityWork;

  beforeAll(async () => {
    application = await testApplication(storage);
    identity = application.get(tokens.identityStorage).work;
  });
  afterAll(() => application.close());

  const nextId = () => application.get(tokens.ids).next();
  const errorOf = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      error => error,
    );

  it('let one account have an email, whatever its case, and keep the cause', async () => {
    await storedUser(application, { email: 'alice@example.org' });
    const twin = newUser({ email: 'ALICE@Example.org' });
    const error = await errorOf(identity.run(({ users }) => users.add(twin)));
    expect(error).toBeInstanceOf(EmailTaken);
    expect(error.cause).toBeInstanceOf(UniqueViolation);
    expect(error.cause.constraint).toBe('users_email_key_key');
    expect(await identity.run(({ users }) => users.get(twin.id))).toBeUndefined();
  });

  it('let one account have a user name, and keep the cause', async () => {
    await storedUser(application, { username: 'bob' });
    const twin = newUser({ username: 'bob' });
    const error = await errorOf(identity.run(({ users }) => users.add(twin)));
    expect(error).toBeInstanceOf(UsernameTaken);
    expect(error.cause).toBeInstanceOf(UniqueViolation);
    expect(error.cause.constraint).toBe('users_username_key');
    expect(await identity.run(({ users }) => users.get(twin.id))).toBeUndefined();
  });

  it('let any number of accounts be without a user name', async () => {
    const [one, other] = [await storedUser(application), await storedUser(application)];
    expect(await identity.run(({ users }) => users.get(one.id))).toMatchObject({ username: null });
    expect(await identity.run(({ users }) => users.get(other.id))).toMatchObject({ username: null });
  });

  it('hold when a loaded account changes its user name to a taken one', async () => {
    await storedUser(application, { username: 'carol' });
    const other = await storedUser(application, { username: 'dora' });
    const work = identity.run(async ({ users }) => {
      const found = await users.get(other.id);
      if (found) found.username = 'carol';
    });
    await expect(work).rejects.toBeInstanceOf(UsernameTaken);
    expect(await identity.run(({ users }) => users.get(other.id))).toMatchObject({ username: 'dora' });
  });

  it('free a user name that its account gave up', async () => {
    const first = await storedUser(application, { username: 'erin' });
    await identity.run(async ({ users }) => {
      const found = await users.get(first.id);
      if (found) found.username = 'erin-the-first';
    });
    const second = await storedUser(application, { username: 'erin' });
    expect(await identity.run(({ users }) => users.byUsername('erin'))).toMatchObject({ id: second.id });
    expect(await identity.run(({ users }) => users.byUsername('erin-the-first'))).toMatchObject({
      id: first.id,
    });
  });

  it('let one session have a family of refresh tokens', async () => {
    const { id: userId } = await storedUser(application);
    const aSession = () => newSession(userId, { familyHash: 'one family' });
    await identity.run(({ sessions }) => sessions.add(aSession()));
    const error = await errorOf(identity.run(({ sessions }) => sessions.add(aSession())));
    expect(error).toBeInstanceOf(UniqueViolation);
    expect(error.constraint).toBe('sessions_family_hash_key');
  });

  it('let there be one first administrator, and keep the cause', async () => {
    const [first, second] = [newUser({ role: 'admin' }), newUser({ role: 'admin' })];
    await identity.run(async ({ users, setups }) => {
      await users.add(first);
      await setups.add(new Setup(first.id, BIRTH));
    });
    const error = await errorOf(
      identity.run(async ({ users, setups }) => {
        await users.add(second);
        await setups.add(new Setup(second.id, BIRTH));
      }),
    );
    expect(error).toBeInstanceOf(SetupFinished);
    expect(error.cause).toBeInstanceOf(UniqueViolation);
    expect(await identity.run(({ users }) => users.get(second.id))).toBeUndefined();
  });

  it('leave nothing of the transaction that broke one, before or after the breach', async () => {
    await storedUser(application, { username: 'frank' });
    const [before, after] = [newUser(), newUser()];
    const session = newSession(before.id);
    const work = identity.run(async ({ users, sessions }) => {
      await users.add(before);
      await sessions.add(session);
      await users.add(newUser({ username: 'frank' }));
      await users.add(after);
    });
    await expect(work).rejects.toBeInstanceOf(UsernameTaken);
    await identity.run(async ({ users, sessions }) => {
      expect(await users.get(before.id)).toBeUndefined();
      expect(await users.get(after.id)).toBeUndefined();
      expect(await sessions.byFamilyHash(session.familyHash)).toBeUndefined();
    });
  });

  it('let one of ten accounts win that want the same email at once', async () => {
    const rivals = Array.from({ length: 10 }, () => newUser({ email: 'wanted@example.org' }));
    const outcomes = await Promise.allSettled(
      rivals.map(user => identity.run(({ users }) => users.add(user))),
    );
    const lost = outcomes.filter(outcome => outcome.status === 'rejected');
    expect(lost).toHaveLength(9);
    for (const { reason } of lost) expect(reason).toBeInstanceOf(EmailTaken);
    const winner = rivals[outcomes.findIndex(({ status }) => status === 'fulfilled')];
    expect(await identity.run(({ users }) => users.byEmailKey('wanted@example.org'))).toMatchObject({
      id: winner?.id,
    });
  });

  it('let one entity have an id, under the same name of the constraint everywhere', async () => {
    const user = await storedUser(application);
    const posts = application.get(tokens.postStorage).work;
    const todos = application.get(tokens.todoStorage).work;
    const id = nextId();
    const post = () => new Post(id, user.id, { title: 'title', content: 'content' }, BIRTH);
    const todo = () => new Todo(id, user.id, { text: 'text', completed: false }, BIRTH);
    await posts.run(async work => work.posts.add(post()));
    await todos.run(async work => work.todos.add(todo()));
    expect(await errorOf(posts.run(async work => work.posts.add(post())))).toMatchObject({
      constraint: 'posts_pkey',
    });
    expect(await errorOf(todos.run(async work => work.todos.add(todo())))).toMatchObject({
      constraint: 'todos_pkey',
    });
    const namesake = Object.assign(newUser(), { id: user.id });
    expect(await errorOf(identity.run(({ users }) => users.add(namesake)))).toMatchObject({
      constraint: 'users_pkey',
    });
  });
});
