import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import type { AccessRevoked } from '../../src/modules/identity/application/events.ts';
import type { IdentityStorage, LoggedRevocation } from '../../src/modules/identity/application/ports.ts';
import { revokeAccess } from '../../src/modules/identity/application/revoke-access.ts';
import { UsernameTaken } from '../../src/modules/identity/domain/account-errors.ts';
import type { User } from '../../src/modules/identity/domain/user.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { BIRTH, storedUser } from '../support/people.ts';
import { revocationEvents, revocationsAfter } from '../support/revocations.ts';

const DAY = 24 * 3_600_000;

class Interrupted extends Error {}

describe.each(STORAGES)('revocations on %s', storage => {
  let application: TestApplication;
  let identity: IdentityStorage;
  let events: AccessRevoked[];

  beforeEach(async () => {
    application = await testApplication(storage);
    identity = application.get(tokens.identityStorage);
    events = revocationEvents(application);
  });
  afterEach(() => application.close());

  const nextId = () => application.get(tokens.ids).next();
  const people = (count: number) => Array.from({ length: count }, nextId);
  const revoke = (userId: string, sessionId: string | null = null, now = BIRTH) =>
    identity.work.run(repositories => revokeAccess({ userId, sessionId }, repositories, now));
  const addedAfter = (sequence: number) => revocationsAfter(application, sequence);
  const personsAfter = async (sequence: number) => (await addedAfter(sequence)).map(({ userId }) => userId);

  describe('that are read', () => {
    it('are none at first', async () => {
      expect(await identity.revocations.latest()).toBe(0);
      expect(await addedAfter(0)).toEqual([]);
    });

    it('keep whom and which session they are of', async () => {
      const [userId, sessionId] = [nextId(), nextId()];
      await revoke(userId, sessionId);
      await revoke(userId);
      expect(await addedAfter(0)).toEqual([
        { sequence: 1, userId, sessionId },
        { sequence: 2, userId, sessionId: null },
      ]);
    });

    it('are in the order in which they were committed, after a number and up to the latest', async () => {
      const persons = people(12);
      for (const person of persons) await revoke(person);
      expect(await identity.revocations.latest()).toBe(12);
      expect(await personsAfter(0)).toEqual(persons);
      expect(await personsAfter(9)).toEqual(persons.slice(9));
      expect(await addedAfter(12)).toEqual([]);
      expect(await addedAfter(1000)).toEqual([]);
    });

    it('are not there before the commit, and never after a roll-back', async () => {
      const [kept, lost] = people(2) as [string, string];
      const work = identity.work.run(async repositories => {
        await revokeAccess({ userId: lost, sessionId: null }, repositories, BIRTH);
        expect(await addedAfter(0)).toEqual([]);
        expect(await identity.revocations.latest()).toBe(0);
        throw new Interrupted();
      });
      await expect(work).rejects.toBeInstanceOf(Interrupted);
      expect(await addedAfter(0)).toEqual([]);
      await revoke(kept);
      expect(await personsAfter(0)).toEqual([kept]);
    });

    it('can be several of one transaction', async () => {
      const persons = people(3);
      await identity.work.run(async repositories => {
        for (const userId of persons) await revokeAccess({ userId, sessionId: null }, repositories, BIRTH);
      });
      expect(await personsAfter(0)).toEqual(persons);
    });

    it.runIf(storage === 'memory')('are the last thousand', async () => {
      for (let number = 0; number < 1002; number += 1) await revoke(`${number}`);
      expect((await personsAfter(0)).length).toBe(1000);
      expect((await addedAfter(0))[0]).toMatchObject({ sequence: 3, userId: '2' });
    });

    it.skipIf(storage === 'memory')('are those of a day, and keep counting', async () => {
      const [first, second, third] = people(3) as [string, string, string];
      await revoke(first);
      await revoke(second, null, new Date(BIRTH.getTime() + DAY));
      expect(await personsAfter(0)).toEqual([first, second]);
      await revoke(third, null, new Date(BIRTH.getTime() + 2 * DAY + 1));
      expect(await addedAfter(0)).toEqual([{ sequence: 3, userId: third, sessionId: null }]);
    });

    it('are missed by nobody who reads on while twenty transactions add some at once', async () => {
      const persons = people(20);
      let writing = true;
      const writers = Promise.all(
        persons
          .map((userId, number) =>
            identity.work.run(async repositories => {
              await revokeAccess({ userId, sessionId: null }, repositories, BIRTH);
              for (let time = 0; time < number % 5; time += 1) await identity.revocations.latest();
              await revokeAccess({ userId, sessionId: nextId() }, repositories, BIRTH);
              if (number % 4 === 3) throw new Interrupted();
            }),
          )
          .map(writer => writer.catch(error => expect(error).toBeInstanceOf(Interrupted))),
      ).finally(() => {
        writing = false;
      });
      const seen: LoggedRevocation[] = [];
      const read = async () => seen.push(...(await addedAfter(seen.at(-1)?.sequence ?? 0)));
      while (writing) {
        await read();
        await new Promise(setImmediate);
      }
      await writers;
      await read();
      const committed = persons.filter((_, number) => number % 4 !== 3);
      expect(seen.map(({ userId }) => userId).sort()).toEqual([...committed, ...committed].sort());
      expect(seen).toEqual(await addedAfter(0));
    });
  });

  describe('that are announced', () => {
    it('are stored already', async () => {
      const stored: Promise<readonly LoggedRevocation[]>[] = [];
      application.get(tokens.events).subscribe('identity.access_revoked', () => stored.push(addedAfter(0)));
      const userId = nextId();
      await revoke(userId);
      expect(events).toEqual([{ type: 'identity.access_revoked', userId, sessionId: null }]);
      expect(await Promise.all(stored)).toEqual([[{ sequence: 1, userId, sessionId: null }]]);
    });

    it('are announced once the work is over, in their order, before whoever asked goes on', async () => {
      const persons = people(3);
      await identity.work.run(async repositories => {
        for (const userId of persons) await revokeAccess({ userId, sessionId: null }, repositories, BIRTH);
        expect(events).toEqual([]);
      });
      expect(events.map(({ userId }) => userId)).toEqual(persons);
    });

    it('are not where the work throws', async () => {
      const work = identity.work.run(async repositories => {
        await revokeAccess({ userId: nextId(), sessionId: null }, repositories, BIRTH);
        throw new Interrupted();
      });
      await expect(work).rejects.toBeInstanceOf(Interrupted);
      expect(events).toEqual([]);
    });

    it('are not where the work cannot be written', async () => {
      await storedUser(application, { username: 'taken' });
      const user = await storedUser(application);
      const work = identity.work.run(async repositories => {
        await revokeAccess({ userId: user.id, sessionId: null }, repositories, BIRTH);
        Object.assign((await repositories.users.get(user.id)) ?? {}, { username: 'taken' });
      });
      await expect(work).rejects.toBeInstanceOf(UsernameTaken);
      expect(events).toEqual([]);
      expect(await addedAfter(0)).toEqual([]);
    });

    it('are announced once although the work lost races and was run again', async () => {
      const user = await storedUser(application);
      let reads = 0;
      const twoHaveRead = Promise.withResolvers<void>();
      if (storage !== 'postgresql') twoHaveRead.resolve();
      const rename = (mark: number) =>
        identity.work.run(
          async repositories => {
            const found = (await repositories.users.get(user.id)) as User;
            reads += 1;
            if (reads === 2) twoHaveRead.resolve();
            await twoHaveRead.promise;
            found.fullName = `${found.fullName} ${mark}`;
            await revokeAccess({ userId: user.id, sessionId: null }, repositories, BIRTH);
          },
          { retry: true },
        );
      await Promise.all([1, 2, 3, 4, 5].map(rename));
      expect(events).toHaveLength(5);
      expect(await addedAfter(0)).toHaveLength(5);
      if (storage === 'postgresql') expect(reads).toBeGreaterThan(5);
    });
  });
});
