import { setTimeout as sleep } from 'node:timers/promises';
import {
  createLocalJWKSet,
  errors,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
} from 'jose';
import { allowInsecureRequests, type Configuration, customFetch, discovery, None } from 'openid-client';
import type { BackgroundService } from '../../../../platform/background-service.ts';
import type { Log } from '../../../../platform/logging/log.ts';
import { ProviderUnavailable } from '../../domain/provider-errors.ts';

/** Seconds. */
const TIMEOUT = 5;

/** Milliseconds. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 10_000;
const REFRESH = 300_000;

/** Milliseconds within which keys are fetched once at most, whatever tokens come. */
const COOL_DOWN = 10_000;

export interface KeycloakOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Empty: a public client. */
  readonly clientSecret: string;
}

type Keys = ReturnType<typeof createLocalJWKSet>;

/**
 * Keycloak's metadata and public keys. Until they have been read for the first time nobody can be recognised; after that the
 * keys are kept while Keycloak is away, and read again from time to time and for a key that is not known.
 */
export class KeycloakServer implements BackgroundService {
  readonly options: KeycloakOptions;
  private readonly log: Log;
  private readonly stopping = new AbortController();
  private configuration: Configuration | undefined;
  private keys: Keys | undefined;
  private fetching: Promise<void> | undefined;
  private lastAttempt = Number.NEGATIVE_INFINITY;
  private failure: unknown;
  private running: Promise<void> = Promise.resolve();

  constructor(options: KeycloakOptions, log: Log) {
    this.options = options;
    this.log = log;
  }

  /** The service starts whether or not Keycloak is there. */
  async start(): Promise<void> {
    this.running = this.keepUp();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** @throws ProviderUnavailable before the first contact */
  get client(): Configuration {
    if (!this.configuration) throw new ProviderUnavailable();
    return this.configuration;
  }

  /** Throws until people can be recognised. */
  async requireKnown(): Promise<void> {
    if (!this.keys) throw new ProviderUnavailable();
  }

  /** Throws where the last contact failed. */
  async requireReachable(): Promise<void> {
    if (this.failure) throw new ProviderUnavailable({ cause: this.failure });
  }

  /** The key that a token names; for `jwtVerify`. @throws ProviderUnavailable before the first contact */
  readonly keyFor = async (header: JWSHeaderParameters, token: FlattenedJWSInput) => {
    const { keys } = this;
    if (!keys) throw new ProviderUnavailable();
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (!this.fetching && performance.now() - this.lastAttempt < COOL_DOWN) throw error;
    }
    await this.fetchKeys().catch(() => undefined);
    return (this.keys ?? keys)(header, token);
  };

  private async keepUp(): Promise<void> {
    const { signal } = this.stopping;
    for (let pause = FIRST_PAUSE; !signal.aborted; ) {
      try {
        await this.refresh();
        if (this.failure) this.log.info({ issuer: this.options.issuer }, 'Keycloak answers again');
        this.failure = undefined;
        pause = REFRESH;
      } catch (error) {
        if (signal.aborted) return;
        if (!this.failure)
          this.log.warn(
            { err: error, issuer: this.options.issuer },
            'Keycloak does not answer; trying again',
          );
        this.failure = error;
        pause = pause === REFRESH ? FIRST_PAUSE : Math.min(pause * 2, LONGEST_PAUSE);
      }
      await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private async refresh(): Promise<void> {
    this.configuration ??= await this.discover();
    await this.fetchKeys();
  }

  private discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.options;
    const execute = issuer.startsWith('http:') ? [allowInsecureRequests] : [];
    const authentication = clientSecret === '' ? None() : undefined;
    return discovery(new URL(issuer), clientId, clientSecret || undefined, authentication, {
      execute,
      timeout: TIMEOUT,
    });
  }

  /** By all who want them at the same time once. */
  private fetchKeys(): Promise<void> {
    this.lastAttempt = performance.now();
    this.fetching ??= this.readKeys().finally(() => {
      this.fetching = undefined;
    });
    return this.fetching;
  }

  private async readKeys(): Promise<void> {
    const { jwks_uri: address } = this.client.serverMetadata();
    if (address === undefined) throw new Error('Its metadata names no jwks_uri.');
    const response = await (this.client[customFetch] ?? fetch)(address, {
      method: 'GET',
      body: undefined,
      headers: { accept: 'application/jwk-set+json, application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT * 1000),
    } as never);
    if (response.status !== 200) throw new Error(`Its keys were answered with ${response.status}.`);
    this.keys = createLocalJWKSet((await response.json()) as JSONWebKeySet);
  }
}
