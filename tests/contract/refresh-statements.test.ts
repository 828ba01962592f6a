import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { mikroOrmIdentity } from '../../src/modules/identity/adapters/mikro-orm/mikro-orm-identity.ts';
import { RefreshSession } from '../../src/modules/identity/application/refresh-session.ts';
import { sqlStorageOf, type TestApplication, testApplication } from '../support/application.ts';
import { LIFETIMES } from '../support/sessions.ts';
import { openAccount, signIn } from '../support/sign-in.ts';
import { notingWrites } from '../support/statements.ts';

describe.each(['sqlite', 'postgresql'] as const)('the transaction of a refresh on %s', storage => {
  let application: TestApplication;
  let refreshSession: RefreshSession;
  let ran: string[];

  beforeAll(async () => {
    application = await testApplication(storage);
    await openAccount(application, 'alice');
    const opened = sqlStorageOf(application);
    const noted = notingWrites(opened.database);
    ran = noted.ran;
    const { work, sessions } = mikroOrmIdentity({ ...opened, database: noted.database });
    refreshSession = new RefreshSession(
      work,
      sessions,
      application.get(tokens.refreshTokens),
      application.get(tokens.accessTokens),
      LIFETIMES,
      application.get(tokens.clock),
    );
  });
  afterAll(() => application.close());

  async function statementsOf(refreshToken: string): Promise<{ next: string; statements: string[] }> {
    ran.length = 0;
    const { refreshToken: next } = await refreshSession.execute({
      type: 'refresh_token',
      refreshToken,
      scopes: [],
    });
    return { next, statements: [...ran] };
  }

  it('reads the session and writes it, and no more', async () => {
    let { refreshToken } = await signIn(application, 'alice');
    for (let time = 0; time < 3; time += 1) {
      const { next, statements } = await statementsOf(refreshToken);
      expect(statements).toEqual([
        expect.stringMatching(/^select .* from "?`?sessions/),
        expect.stringMatching(/^update "?`?sessions/),
      ]);
      refreshToken = next;
    }
  });

  it('only reads it for another tab', async () => {
    const { refreshToken } = await signIn(application, 'alice');
    await statementsOf(refreshToken);
    const { statements } = await statementsOf(refreshToken);
    expect(statements).toEqual([expect.stringMatching(/^select /)]);
  });
});
