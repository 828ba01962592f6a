import 'reflect-metadata';
import { resolve } from 'node:path';
import { Container, ContainerModule } from 'inversify';
import { uuidv7 } from 'uuidv7';
import type { Clock } from '../kernel/clock.ts';
import type { Ids } from '../kernel/ids.ts';
import type { Mailer } from '../kernel/mail.ts';
import type { Cache } from '../platform/cache/cache.ts';
import type { Peer } from '../platform/cluster/peer.ts';
import type { Settings } from '../platform/configuration/settings.ts';
import { Health } from '../platform/http/health.ts';
import { RepeatedRequests } from '../platform/http/repeated-requests.ts';
import { memoryStoredAnswers } from '../platform/idempotency/memory-stored-answers.ts';
import { removeExpiredAnswers } from '../platform/idempotency/remove-expired-answers.ts';
import { storedAnswerSteps } from '../platform/idempotency/schema-steps.ts';
import { sqlStoredAnswers } from '../platform/idempotency/sql-stored-answers.ts';
import { jobSteps } from '../platform/jobs/schema-steps.ts';
import { Limits } from '../platform/limits/limits.ts';
import { createLog, type Log } from '../platform/logging/log.ts';
import { FileMailer } from '../platform/mail/file-mailer.ts';
import { SmtpMailer } from '../platform/mail/smtp-mailer.ts';
import { Metrics } from '../platform/metrics/metrics.ts';
import type { Schema } from '../platform/mikro-orm/open-database.ts';
import { Outbound } from '../platform/outbound/outbound.ts';
import { findSecretKey } from '../platform/secrets/find-secret-key.ts';
import type { SecretKey } from '../platform/secrets/secret-key.ts';
import { onStorage, type Storage } from '../platform/storage.ts';
import { cacheOf } from './cache.ts';
import { contexts } from './contexts.ts';
import { openShared, type Shared } from './shared.ts';
import { makeDataDirectory, openStorage } from './storage.ts';
import { bind, bindClass, type Token } from './token.ts';
import { tokens } from './tokens.ts';

/** The assembled application: what is in the container, and how to let go of it. */
export interface Application {
  get<T>(name: Token<T>): T;
  /** Closes what the application opened. */
  close(): Promise<void>;
}

/** Puts something else in a token's place, as tests do with the clock. */
export interface Override {
  readonly token: Token<unknown>;
  readonly value: unknown;
}

export function override<T>(name: Token<T>, value: NoInfer<T>): Override {
  return { token: name as Token<unknown>, value };
}

/** What all contexts keep in the database. */
export const schema: Schema = {
  entities: contexts.flatMap(context => context.schema.entities),
  steps: [...jobSteps, ...storedAnswerSteps, ...contexts.flatMap(context => context.schema.steps)],
  views: Object.assign({}, ...contexts.map(context => context.schema.views)),
};

/**
 * The one way to the application, in production, in tests and on the command line. What takes time to start (the
 * storage, Redis) is started here; everything else is made when it is first wanted. A worker has a `primary`.
 * @throws StartError
 */
export async function createContainer(
  settings: Settings,
  overrides: readonly Override[] = [],
  primary?: Peer,
): Promise<Application> {
  const log = await createLog(settings);
  makeDataDirectory(settings);
  const secretKey = findSecretKey(settings);
  const shared = await openShared(settings, log, primary);
  const cache = cacheOf(settings, shared, schema.views);
  const surroundings = { schema, log, events: shared.events, cache };
  const { storage, close } = await openStorage(settings, surroundings).catch(async error => {
    await shared.close();
    throw error;
  });
  const container = new Container();
  const opened: Outbound[] = [];
  container.load(
    platformModule({ settings, log, secretKey, shared, cache, storage, opened }),
    ...contexts.map(({ module }) => module),
  );
  for (const { token, value } of overrides) container.rebind(token).toConstantValue(value);
  return {
    get: name => container.get(name),
    async close() {
      await Promise.all(opened.map(each => each.close()));
      await close().finally(() => shared.close());
    },
  };
}

/** What was started before the container was filled, and what is to be closed of what it makes later. */
interface Started {
  readonly settings: Settings;
  readonly log: Log;
  readonly secretKey: SecretKey;
  readonly shared: Shared;
  readonly cache: Cache;
  readonly storage: Storage;
  readonly opened: Outbound[];
}

function platformModule(started: Started): ContainerModule {
  const { storage, shared, opened } = started;
  return new ContainerModule(options => {
    bind(options, tokens.settings, () => started.settings, []);
    bind(options, tokens.log, () => started.log, []);
    bind(options, tokens.events, () => shared.events, []);
    bind(options, tokens.hearsOthers, () => shared.hearsOthers, []);
    bind(options, tokens.cache, () => started.cache, []);
    bind(options, tokens.storage, () => storage, []);
    bind(
      options,
      tokens.personalData,
      (...all) => all,
      contexts.flatMap(({ personalData = [] }) => personalData),
    );
    bindClass(options, tokens.metrics, Metrics, []);
    bind(options, tokens.limits, (log, metrics) => new Limits(shared.limiters, log, metrics.limitFailures), [
      tokens.log,
      tokens.metrics,
    ]);
    bind(options, tokens.answerWork, storage => onStorage(storage, memoryStoredAnswers, sqlStoredAnswers), [
      tokens.storage,
    ]);
    bind(options, tokens.repeatedRequests, (work, clock) => new RepeatedRequests(work, clock), [
      tokens.answerWork,
      tokens.clock,
    ]);
    bind(options, tokens.removeExpiredAnswers, removeExpiredAnswers, [
      tokens.answerWork,
      tokens.clock,
      tokens.log,
    ]);
    bind(
      options,
      tokens.outbound,
      (log, metrics) => {
        const outbound = new Outbound(log, metrics.outbound);
        opened.push(outbound);
        return outbound;
      },
      [tokens.log, tokens.metrics],
    );
    bind(options, tokens.mailer, mailerOf, [tokens.settings]);
    bind(options, tokens.clock, (): Clock => ({ now: () => new Date() }), []);
    bind(options, tokens.ids, (): Ids => ({ next: () => uuidv7() }), []);
    bind(options, tokens.secretKey, () => started.secretKey, []);
    bind(
      options,
      tokens.health,
      ({ identityProvider }, keycloak) => {
        const database = () => ping(storage);
        if (identityProvider === 'local') return new Health({ database }, shared.checks);
        const needed = { database, identity: () => keycloak.requireKnown() };
        return new Health(needed, { ...shared.checks, keycloak: () => keycloak.requireReachable() });
      },
      [tokens.settings, tokens.keycloakServer],
    );
  });
}

function mailerOf({ smtpUrl, mailFrom, dataDir }: Settings): Mailer {
  return smtpUrl ? new SmtpMailer(smtpUrl, mailFrom) : new FileMailer(resolve(dataDir, 'mail'), mailFrom);
}

async function ping(storage: Storage): Promise<void> {
  if (storage.kind === 'sql') await storage.database.ping();
}
