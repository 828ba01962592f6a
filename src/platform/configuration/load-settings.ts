import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Compile } from 'typebox/schema';
import { parse } from 'yaml';
import { snakeCase } from '../snake-case.ts';
import { Settings, StartError } from './settings.ts';

type Values = Record<string, unknown>;

const SHIPPED_FILE = resolve(import.meta.dirname, '../../../config/atrium.yaml');

const NAMES = Object.keys(Settings.properties) as (keyof Settings)[];

const BY_KEY = new Map(NAMES.map(name => [snakeCase(name), name]));

/**
 * The shipped file, then the file that CONFIG_FILE names, then the environment; the later wins.
 * @throws StartError naming the setting at fault
 */
export function loadSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
  const own = environment.CONFIG_FILE ? readFile(environment.CONFIG_FILE) : {};
  const values: Values = { ...readFile(SHIPPED_FILE), ...own, ...fromEnvironment(environment) };
  const settings = checked(values);
  requireAddresses(settings);
  requireProvider(settings);
  requireSharedStorage(settings);
  if (settings.rateLimit === 'off' && environment.NODE_ENV === 'production')
    throw new StartError('RATE_LIMIT is "off", which is refused where NODE_ENV is "production".');
  return settings;
}

function readFile(file: string): Values {
  let content: unknown;
  try {
    content = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new StartError(`Cannot read the configuration ${file}: ${firstLine(error)}`);
  }
  if (content === null) return {};
  if (typeof content !== 'object')
    throw new StartError(`The configuration ${file} is not a list of settings.`);
  return Object.fromEntries(
    Object.entries(content).map(([key, value]) => {
      const name = BY_KEY.get(key);
      if (!name)
        throw new StartError(`${file}: "${key}" is not a setting. config/atrium.yaml lists them all.`);
      return [name, value];
    }),
  );
}

function fromEnvironment(environment: NodeJS.ProcessEnv): Values {
  const values: Values = {};
  for (const [key, name] of BY_KEY) {
    const text = environment[key.toUpperCase()];
    if (text === undefined) continue;
    values[name] = parsed(text, (Settings.properties[name] as { type?: string }).type);
  }
  return values;
}

/** What is not of the setting's type stays a text, which is refused as such. */
function parsed(text: string, type: string | undefined): unknown {
  if (type === 'integer' && /^-?\d+$/.test(text)) return Number(text);
  if (type !== 'array') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @throws StartError where something that should be an address is none */
function requireAddresses({ publicUrl, corsOrigins, redisUrl, oidcIssuer }: Settings): void {
  const wrong = (text: string) => text !== '' && !isAddress(text);
  if (wrong(redisUrl)) throw new StartError('REDIS_URL is (not shown), which is not an address.');
  if (wrong(publicUrl)) throw new StartError(`PUBLIC_URL is "${publicUrl}", which is not an address.`);
  if (wrong(oidcIssuer)) throw new StartError(`OIDC_ISSUER is "${oidcIssuer}", which is not an address.`);
  const origin = corsOrigins.split(',').find(wrong);
  if (origin !== undefined) throw new StartError(`CORS_ORIGINS has "${origin}", which is not an address.`);
}

/** @throws StartError where it is not said which identity provider */
function requireProvider({ identityProvider, oidcIssuer, oidcClientId }: Settings): void {
  if (identityProvider === 'local') return;
  if (oidcIssuer === '' || oidcClientId === '')
    throw new StartError(
      'IDENTITY_PROVIDER is "keycloak", which wants OIDC_ISSUER (such as https://id.example.org/realms/atrium) and OIDC_CLIENT_ID.',
    );
}

/** @throws StartError where each worker would have a memory of its own */
function requireSharedStorage({ workers, databaseUrl }: Settings): void {
  if (workers > 1 && databaseUrl === 'memory:')
    throw new StartError(
      `WORKERS is ${workers}, but "memory:" (DATABASE_URL) is for one process. Leave one of them out.`,
    );
}

/** Whoever takes an address apart also undoes its percent signs. */
function isAddress(text: string): boolean {
  try {
    decodeURIComponent(new URL(text).href);
    return true;
  } catch {
    return false;
  }
}

function checked(values: Values): Settings {
  const validator = Compile(Settings);
  if (validator.Check(values)) return values;
  const [, errors] = validator.Errors(values);
  const { instancePath = '', message = '' } = errors.find(error => error.instancePath !== '') ?? {};
  const [, name = '', ...place] = instancePath.split('/');
  const rule = Settings.properties[name as keyof Settings] as Rule;
  const wrong = rule.type === 'array' ? wrongEntry(place, message) : wrongValue(name, values[name], rule);
  throw new StartError(`${snakeCase(name).toUpperCase()} ${wrong}.`);
}

interface Rule {
  readonly type?: string;
  readonly anyOf?: readonly { readonly const: string }[];
  readonly pattern?: string;
}

function wrongValue(name: string, value: unknown, { anyOf, pattern, ...rule }: Rule): string {
  const shown = /secret|databaseUrl|smtpUrl|redisUrl/i.test(name) ? '(not shown)' : JSON.stringify(value);
  const wanted = anyOf
    ? `one of ${anyOf.map(option => option.const).join(', ')}`
    : (pattern ??
      Object.entries(rule)
        .map(([key, limit]) => `${key} ${limit}`)
        .join(', '));
  return `is ${shown}, which is not valid: it must be ${wanted}`;
}

/** Lists may hold secrets, so nothing of what is in them is shown. */
function wrongEntry([index, ...keys]: readonly string[], message: string): string {
  if (index === undefined) return `is not valid: it ${message} (in the environment, JSON)`;
  const what = keys.length > 0 ? JSON.stringify(keys.join('/')) : 'it';
  const rule = message === 'schema is false' ? 'is not known' : message;
  return `is not valid in entry ${Number(index) + 1}: ${what} ${rule}`;
}

function firstLine(error: unknown): string {
  return String((error as Error).message).split('\n')[0] ?? '';
}
