import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { Environment } from '../support/child-process.ts';
import type { Answer, RequestOptions } from '../support/client.ts';
import { RESET, tokenOf, VERIFY } from '../support/recording-mailer.ts';
import { SecretLedger } from '../support/secret-ledger.ts';
import {
  ownStorage,
  runAtrium,
  SECRET_KEY,
  type ServerProcess,
  startServer,
} from '../support/server-process.ts';
import { startSmtpServer, type TestSmtpServer } from '../support/smtp-server.ts';
import { onPostgres } from '../support/statements.ts';

const DATABASE_PASSWORD = 'the databases own phrase';
const SMTP_PASSWORD = 'the mail servers phrase';
const LOGGING = { LOG_LEVEL: 'trace', LOG_FORMAT: 'json', DATABASE_TIMEOUT: '300', SECRET_KEY };

/** Everything that is typed: good passwords, a wrong one, one that is too short, and the next ones. */
const TYPED = {
  alices: 'alices kept phrase',
  wrong: 'mallorys wrong guess',
  roots: 'roots kept phrase',
  short: 'q7!tiny',
  next: 'alices second phrase',
  mailed: 'alices third phrase',
  reset: 'alices fourth phrase',
};

/** A database that a test may look into and break. */
interface OpenDatabase {
  readonly environment: Environment;
  run(statement: string): Promise<void>;
  /** While nobody else can write. */
  locked(work: () => Promise<void>): Promise<void>;
  /** Everything that is stored, as text. */
  dump(): Promise<string>;
  /** What is stored in place of secrets, and is nobody else's business either. */
  kept(): Promise<readonly string[]>;
}

const KEPT = `select password_hash from users
  union select encrypted_secret_key from signing_keys
  union select id from mail_tokens
  union select hash from access_tokens
  union select id from socket_tickets
  union select sealed_token from socket_tickets
  union select family_hash from sessions
  union select refresh_token_hash from sessions
  union select used_token_hash from sessions
  union select sealed_successor from sessions`;

async function sqlite(): Promise<OpenDatabase> {
  const environment = await ownStorage('sqlite');
  const { DATA_DIR = '' } = environment;
  const on = <T>(work: (database: SqliteDatabase.Database) => T): T => {
    const database = new SqliteDatabase(join(DATA_DIR, 'atrium.db'));
    try {
      return work(database);
    } finally {
      database.close();
    }
  };
  return {
    environment,
    run: async statement => void on(database => database.exec(statement)),
    async locked(work) {
      const database = new SqliteDatabase(join(DATA_DIR, 'atrium.db'));
      database.exec('begin immediate');
      await work().finally(() => database.close());
    },
    async dump() {
      const files = (await readdir(DATA_DIR)).filter(name => name.startsWith('atrium.db'));
      const contents = await Promise.all(files.map(name => readFile(join(DATA_DIR, name), 'latin1')));
      return contents.join('\n');
    },
    kept: async () => on(database => database.prepare<[], string>(KEPT).pluck().all()),
  };
}

/** As a role of its own, whose password is known to be in no other text. */
async function postgresql(): Promise<OpenDatabase> {
  const { DATABASE_URL = '' } = await ownStorage('postgresql');
  const own = new URL(DATABASE_URL);
  const name = own.pathname.slice(1);
  const asOwner = { databaseUrl: DATABASE_URL };
  await onPostgres(asOwner, async client => {
    await client.query(`create role ${name} login password '${DATABASE_PASSWORD}'`);
    await client.query(`alter database ${name} owner to ${name}`);
  });
  own.username = name;
  own.password = encodeURIComponent(DATABASE_PASSWORD);
  const texts = (statement: string) =>
    onPostgres(asOwner, async client => {
      const { rows } = await client.query<string[]>({ text: statement, rowMode: 'array' });
      return rows.map(([text]) => text ?? '');
    });
  return {
    environment: { DATABASE_URL: own.href },
    run: async statement => void (await texts(statement)),
    locked: work =>
      onPostgres(asOwner, async client => {
        await client.query('begin; lock table users, sessions, mail_tokens, access_tokens in exclusive mode');
        await work();
      }),
    async dump() {
      const tables = await texts(
        `select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('public', 'pgboss')`,
      );
      const rows = await Promise.all(tables.map(table => texts(`select t::text from ${table} t`)));
      return rows.flat().join('\n');
    },
    kept: () => texts(KEPT),
  };
}

/** A run in which everything is done that has to do with secrets. */
class Run {
  readonly ledger = new SecretLedger();
  /** What was stored whenever there was something new. */
  stored = '';
  private readonly kept: string[] = [];
  private readonly database: OpenDatabase;
  private readonly server: ServerProcess;
  private readonly smtp: TestSmtpServer;

  constructor(database: OpenDatabase, server: ServerProcess, smtp: TestSmtpServer) {
    this.database = database;
    this.server = server;
    this.smtp = smtp;
    this.ledger.add(...Object.values(TYPED), SECRET_KEY, DATABASE_PASSWORD, SMTP_PASSWORD);
  }

  async ask(status: number, method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const answer = await this.server.request(method, path, options);
    this.ledger.answered(answer);
    expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBe(status);
    return answer;
  }

  async lookIntoDatabase(): Promise<void> {
    this.stored += await this.database.dump();
    this.kept.push(...(await this.database.kept()).filter(text => text));
  }

  /** From here on what is stored in place of the secrets is one as well. */
  addKept(): void {
    this.ledger.add(...this.kept);
  }

  async signIn(username: string, password: string): Promise<{ access_token: string; refresh_token: string }> {
    const form = { grant_type: 'password', username, password };
    return (await this.ask(200, 'POST', '/auth/token', { form })).body;
  }

  async refresh(refreshToken: string): Promise<{ access_token: string; refresh_token: string }> {
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
    return (await this.ask(200, 'POST', '/auth/token', { form })).body;
  }

  async mailed(subject: RegExp): Promise<string> {
    const { text = '' } = await this.smtp.mail(subject);
    const token = tokenOf({ text });
    this.ledger.add(token);
    await this.lookIntoDatabase();
    return token;
  }

  /** The first administrator. */
  async setUp(): Promise<string> {
    const [, token = ''] = await this.server.prints(/set-up token .*:\n +(\S+)$/m);
    this.ledger.add(token);
    const root = { email: 'root@example.org', username: 'root', password: TYPED.roots };
    await this.ask(403, 'POST', '/auth/setup', { body: { ...root, token: TYPED.wrong } });
    await this.ask(201, 'POST', '/auth/setup', { body: { ...root, token } });
    await this.ask(404, 'POST', '/auth/setup', { body: { ...root, token } });
    return token;
  }

  async openAccount(): Promise<void> {
    const account = { email: 'alice@example.org', username: 'alice', password: TYPED.alices };
    await this.ask(201, 'POST', '/auth/register', { body: account });
    await this.ask(409, 'POST', '/auth/register', { body: account });
    const other = { ...account, email: 'b@example.org', username: 'other' };
    await this.ask(422, 'POST', '/auth/register', { body: { ...other, password: TYPED.short } });
    await this.ask(422, 'POST', '/auth/register', { body: { ...other, unknown: TYPED.alices } });
    await this.ask(400, 'POST', '/auth/register', { body: `{"password": ${TYPED.alices}}` });
    const token = await this.mailed(VERIFY);
    await this.ask(422, 'POST', '/auth/verify-email', { body: { token, password: TYPED.alices } });
    await this.ask(204, 'POST', '/auth/verify-email', { body: { token } });
    await this.ask(422, 'POST', '/auth/verify-email', { body: { token } });
  }

  async useTokens(): Promise<void> {
    const form = { grant_type: 'password', username: 'alice', password: TYPED.wrong };
    await this.ask(400, 'POST', '/auth/token', { form });
    await this.ask(400, 'POST', `/auth/token?password=${encodeURIComponent(TYPED.alices)}`);
    const first = await this.signIn('alice', TYPED.alices);
    const next = await this.refresh(first.refresh_token);
    await this.ask(200, 'GET', '/users/me', { token: next.access_token });
    await this.ask(401, 'GET', '/users/me', { token: `${next.access_token}x` });
    await this.ask(401, 'GET', '/users/me', { headers: { authorization: `Basic ${next.access_token}` } });
    await this.ask(422, 'GET', `/posts?access_token=${next.access_token}`);
    const admin = await this.signIn('root', TYPED.roots);
    for (const token of [first.refresh_token, next.access_token, next.refresh_token]) {
      await this.ask(200, 'POST', '/auth/introspect', { token: admin.access_token, form: { token } });
      await this.ask(403, 'POST', '/auth/introspect', { token: next.access_token, form: { token } });
      await this.ask(401, 'POST', '/auth/introspect', { form: { token } });
      await this.ask(415, 'POST', '/auth/revoke', { body: { token } });
      await this.ask(400, 'POST', `/auth/revoke?token=${token}`);
    }
    const { ticket } = (await this.ask(201, 'POST', '/chat/tickets', { token: next.access_token })).body;
    await this.ask(401, 'GET', '/users/me', { token: ticket });
    await this.ask(422, 'GET', `/posts?ticket=${ticket}`);
    await this.ask(404, 'GET', `/nowhere?ticket=${ticket}`);
    await this.ask(200, 'GET', '/auth/sessions', { token: next.access_token });
    await this.ask(200, 'GET', '/audit-log', { token: admin.access_token });
    await this.ask(200, 'GET', '/users', { token: admin.access_token });
    const last = await this.refresh(next.refresh_token);
    await this.lookIntoDatabase();
    const reused = { grant_type: 'refresh_token', refresh_token: first.refresh_token };
    await this.ask(400, 'POST', '/auth/token', { form: reused });
    await this.ask(401, 'GET', '/users/me', { token: last.access_token });
    await this.ask(204, 'DELETE', '/auth/sessions', { token: admin.access_token });
    const other = await this.signIn('alice', TYPED.alices);
    await this.ask(200, 'POST', '/auth/revoke', { form: { token: other.refresh_token } });
  }

  async useBrowser(): Promise<void> {
    const login = { username: 'alice', password: TYPED.alices };
    await this.ask(400, 'POST', '/auth/login', { body: { ...login, password: TYPED.wrong } });
    const cookie = (answer: Answer) =>
      [...(answer.headers.get('set-cookie') ?? '').matchAll(/atrium_\w+=[^;]+/g)].join('; ');
    let headers = { cookie: cookie(await this.ask(204, 'POST', '/auth/login', { body: login })) };
    await this.ask(200, 'GET', '/users/me', { headers });
    await this.ask(403, 'POST', '/auth/logout', { headers: { ...headers, 'sec-fetch-site': 'cross-site' } });
    headers = { cookie: cookie(await this.ask(204, 'POST', '/auth/refresh', { headers })) };
    await this.ask(204, 'POST', '/auth/logout', { headers });
    await this.ask(401, 'POST', '/auth/refresh', { headers });
  }

  async usePersonalToken(): Promise<void> {
    const { access_token: token } = await this.signIn('alice', TYPED.alices);
    const body = { name: 'Backup', scope: 'todos', current_password: TYPED.alices };
    await this.ask(422, 'POST', '/auth/access-tokens', {
      token,
      body: { ...body, current_password: TYPED.wrong },
    });
    const { body: personal } = await this.ask(201, 'POST', '/auth/access-tokens', { token, body });
    await this.lookIntoDatabase();
    await this.ask(200, 'GET', '/todos', { token: personal.token });
    await this.ask(200, 'GET', '/auth/access-tokens', { token });
    await this.ask(403, 'GET', '/auth/access-tokens', { token: personal.token });
    await this.ask(204, 'DELETE', `/auth/access-tokens/${personal.id}`, { token });
    await this.ask(401, 'GET', '/todos', { token: personal.token });
  }

  async changePassword(): Promise<void> {
    const { access_token: token } = await this.signIn('alice', TYPED.alices);
    const change = { current_password: TYPED.alices, new_password: TYPED.next };
    await this.ask(422, 'PUT', '/users/me/password', {
      token,
      body: { ...change, new_password: TYPED.short },
    });
    await this.ask(204, 'PUT', '/users/me/password', { token, body: change });
    await this.ask(202, 'POST', '/auth/forgot-password', { body: { email: 'alice@example.org' } });
    const mailed = await this.mailed(RESET);
    const reset = { token: mailed, password: TYPED.mailed };
    await this.ask(422, 'POST', '/auth/reset-password', { body: { ...reset, password: TYPED.short } });
    await this.ask(204, 'POST', '/auth/reset-password', { body: reset });
    await this.ask(422, 'POST', '/auth/reset-password', { body: reset });
    await this.signIn('alice', TYPED.mailed);
  }

  /** All that carries a secret, to a server that cannot do it. The statuses that came. */
  async fail(): Promise<readonly number[]> {
    const held = 'A'.repeat(43);
    const requests: readonly (readonly [method: string, path: string, options: RequestOptions])[] = [
      ['POST', '/auth/register', { body: { email: 'late@example.org', password: TYPED.alices } }],
      ['POST', '/auth/token', { form: { grant_type: 'password', username: 'root', password: TYPED.roots } }],
      ['POST', '/auth/login', { body: { username: 'root', password: TYPED.roots } }],
      ['POST', '/auth/verify-email', { body: { token: held } }],
      ['POST', '/auth/reset-password', { body: { token: held, password: TYPED.next } }],
      ['GET', '/users/me', { token: `atp_${held}` }],
    ];
    this.ledger.add(held);
    const statuses: number[] = [];
    for (const [method, path, options] of requests) {
      const answer = await this.server.request(method, path, options);
      this.ledger.answered(answer);
      statuses.push(answer.status);
    }
    return statuses;
  }
}

describe.each([
  ['sqlite', sqlite],
  ['postgresql', postgresql],
] as const)('on %s', (_, open) => {
  test('no secret shows in the output, in an answer or in the database, whatever is done and whatever fails', async () => {
    const database = await open();
    const smtp = await startSmtpServer({ password: SMTP_PASSWORD });
    const environment = { ...database.environment, ...LOGGING, SMTP_URL: smtp.url };
    const server = await startServer(environment);
    const run = new Run(database, server, smtp);
    const setUpToken = await run.setUp();
    await run.openAccount();
    await run.useTokens();
    await run.useBrowser();
    await run.usePersonalToken();
    await run.changePassword();
    const commands = [
      await runAtrium(['keys', 'rotate'], environment),
      await runAtrium(
        ['user', 'reset-password', '--email', 'alice@example.org'],
        environment,
        `${TYPED.reset}\n`,
      ),
      await runAtrium(
        ['user', 'reset-password', '--email', 'alice@example.org'],
        environment,
        `${TYPED.short}\n`,
      ),
    ];
    await run.signIn('alice', TYPED.reset);

    const failures: number[] = [];
    const live = await run.signIn('root', TYPED.roots);
    await database.locked(async () => {
      failures.push(...(await run.fail()));
      for (const token of [live.access_token, live.refresh_token]) {
        const revocation = await run.ask(503, 'POST', '/auth/revoke', { form: { token } });
        expect(revocation.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      }
    });
    for (const table of ['users', 'sessions', 'mail_tokens', 'access_tokens', 'audit_log']) {
      await database.run(`alter table ${table} rename to elsewhere`);
      failures.push(...(await run.fail()));
      await database.run(`alter table elsewhere rename to ${table}`);
    }
    expect(failures).toEqual(expect.arrayContaining([500, 503]));
    await run.signIn('alice', TYPED.reset);
    await run.lookIntoDatabase();
    server.signal('SIGTERM');
    await server.ended();
    const output = [
      server.stdout,
      server.stderr,
      ...commands.flatMap(({ stdout, stderr }) => [stdout, stderr]),
    ];

    expect(run.ledger.size).toBeGreaterThan(50);
    expect(run.stored).toContain('alice@example.org');
    run.ledger.expectNoneIn('the database', run.stored);
    run.addKept();
    const printed = output.join('\n').replace(`  ${setUpToken}\n`, '\n');
    expect(printed).toContain('A request failed unexpectedly');
    run.ledger.expectNoneIn('the output', printed);
    run.ledger.expectNoneIn('an answer', run.ledger.answers);
    expect(printed + run.ledger.answers).not.toContain('$argon2');
  });
});

test('a mail server that refuses the password is named without it', async () => {
  const smtp = await startSmtpServer({ password: 'another password' });
  const server = await startServer({
    ...(await ownStorage('sqlite')),
    ...LOGGING,
    SMTP_URL: smtp.url.replace('another%20password', encodeURIComponent(SMTP_PASSWORD)),
  });
  await server.register('alice');
  await server.prints(/A job has failed and will be tried again/);
  server.signal('SIGTERM');
  await server.ended();
  const ledger = new SecretLedger();
  ledger.add(SMTP_PASSWORD);
  ledger.expectNoneIn('the output', server.stdout + server.stderr);
});
