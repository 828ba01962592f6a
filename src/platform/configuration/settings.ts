import Type, { type Static } from 'typebox';
import { InsightSourceSettings } from './insight-source-settings.ts';

const Port = Type.Integer({ minimum: 0, maximum: 65535 });
const Milliseconds = Type.Integer({ minimum: 1, maximum: 3_600_000 });
const Seconds = Type.Integer({ minimum: 1, maximum: 315_360_000 });
const choice = <const Choices extends readonly string[]>(...choices: Choices) =>
  Type.Union(choices.map(value => Type.Literal(value))) as unknown as ReturnType<
    typeof Type.Unsafe<Choices[number]>
  >;

/** Every setting's type. Defaults and meanings are in `config/atrium.yaml`, under the same names in snake case. */
export const Settings = Type.Object(
  {
    port: Port,
    host: Type.String({ minLength: 1 }),
    workers: Type.Integer({ minimum: 1, maximum: 64 }),
    publicUrl: Type.String({ pattern: '^$|^https?://[^\\s?#]*[^\\s?#/]$' }),
    managementPort: Port,
    managementHost: Type.String({ minLength: 1 }),
    corsOrigins: Type.String({ pattern: '^$|^https?://[^\\s,/]+(,https?://[^\\s,/]+)*$' }),
    trustedProxies: Type.Integer({ minimum: 0, maximum: 10 }),
    dataDir: Type.String({ minLength: 1 }),
    databaseUrl: Type.String({ pattern: '^(memory:|sqlite:.+|postgres(ql)?://.+)$' }),
    databasePoolSize: Type.Integer({ minimum: 1, maximum: 1000 }),
    databaseTimeout: Milliseconds,
    sqliteSynchronous: choice('normal', 'full'),
    redisUrl: Type.String({ pattern: '^$|^rediss?://.+$' }),
    secretKey: Type.String({ pattern: '^$|^.{32,}$' }),
    secretKeyFile: Type.String(),
    identityProvider: choice('local', 'keycloak'),
    oidcIssuer: Type.String({ pattern: '^$|^https?://[^\\s?#]*[^\\s?#/]$' }),
    oidcClientId: Type.String({ pattern: '^[!-~]*$' }),
    oidcClientSecret: Type.String(),
    oidcAudience: Type.String({ pattern: '^[!-~]*$' }),
    oidcTrustedClients: Type.String({ pattern: '^$|^[^\\s,]+(,[^\\s,]+)*$' }),
    oidcPasswordGrant: choice('on', 'off'),
    oidcLinkByEmail: choice('on', 'off'),
    accessTokensWithKeycloak: choice('on', 'off'),
    registration: choice('open', 'invite', 'closed'),
    invitationTtl: Seconds,
    passwordMinLength: Type.Integer({ minimum: 1, maximum: 64 }),
    passwordHashMemory: Type.Integer({ minimum: 8, maximum: 4_194_304 }),
    passwordHashIterations: Type.Integer({ minimum: 1, maximum: 100 }),
    passwordHashParallelism: Type.Integer({ minimum: 1, maximum: 16 }),
    passwordHashConcurrency: Type.Integer({ minimum: 1, maximum: 64 }),
    passwordHashQueue: Type.Integer({ minimum: 1, maximum: 100_000 }),
    accessTokens: choice('paseto', 'database'),
    accessTokenTtl: Seconds,
    sessionIdleTtl: Seconds,
    sessionTtl: Seconds,
    refreshGrace: Type.Integer({ minimum: 0, maximum: 60 }),
    cacheSize: Type.Integer({ minimum: 0, maximum: 17_179_869_184 }),
    cacheTtl: Seconds,
    tokenCacheSize: Type.Integer({ minimum: 1, maximum: 10_000_000 }),
    smtpUrl: Type.String({ pattern: '^$|^smtps?://.+$' }),
    mailFrom: Type.String({ minLength: 3 }),
    taskInsightSources: Type.Array(InsightSourceSettings, { maxItems: 20 }),
    rateLimit: choice('on', 'off'),
    rateLimitRequests: Type.Integer({ minimum: 1, maximum: 1_000_000_000 }),
    rateLimitSensitive: Type.Integer({ minimum: 1, maximum: 1_000_000_000 }),
    rateLimitExempt: Type.String({ pattern: '^$|^/[^\\s,]*(,/[^\\s,]*)*$' }),
    rateLimitKeys: Type.Integer({ minimum: 100, maximum: 10_000_000 }),
    bodyLimit: Type.Integer({ minimum: 1024, maximum: 1_073_741_824 }),
    importLimit: Type.Integer({ minimum: 1024, maximum: 10_737_418_240 }),
    maxConnections: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    maxSockets: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    maxSocketsPerPerson: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    socketHeartbeat: Type.Integer({ minimum: 100, maximum: 3_600_000 }),
    socketFrames: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    socketBurst: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    socketBuffer: Type.Integer({ minimum: 65_536, maximum: 1_073_741_824 }),
    requestTimeout: Milliseconds,
    sendTimeout: Milliseconds,
    stopTimeout: Milliseconds,
    logLevel: choice('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    logFormat: choice('auto', 'json', 'pretty'),
    validateResponses: choice('on', 'off'),
  },
  { additionalProperties: false },
);

export type Settings = Static<typeof Settings>;

/** A start that cannot go on, with the one line that tells the operator why and what to do. */
export class StartError extends Error {}
