import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Settings, StartError } from '../configuration/settings.ts';
import { SecretKey } from './secret-key.ts';

const MIN_LENGTH = 32;
const GENERATED_FILE = 'secret.key';

type SecretSettings = Pick<Settings, 'secretKey' | 'secretKeyFile' | 'databaseUrl' | 'dataDir'>;

/**
 * The configured key; on SQLite one that is made once and kept beside the database, in memory a random one.
 * @throws StartError
 */
export function findSecretKey({ secretKey, secretKeyFile, databaseUrl, dataDir }: SecretSettings): SecretKey {
  if (secretKey) return new SecretKey(secretKey);
  if (secretKeyFile) return new SecretKey(readKey(secretKeyFile));
  if (databaseUrl === 'memory:') return SecretKey.random();
  if (!databaseUrl.startsWith('sqlite:'))
    throw new StartError(
      'SECRET_KEY or SECRET_KEY_FILE must be set on PostgreSQL: every process needs the same one.',
    );
  const file = join(dataDir, GENERATED_FILE);
  if (!existsSync(file)) makeKey(file);
  return new SecretKey(readKey(file));
}

/** Written aside and linked into place: of two processes that start together, both read the same whole key. */
function makeKey(file: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    writeFileSync(aside, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
    linkSync(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new StartError(`Cannot write the secret key ${file}: ${(error as Error).message}`);
  } finally {
    rmSync(aside, { force: true });
  }
}

function readKey(file: string): string {
  let key: string;
  try {
    key = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new StartError(`Cannot read the secret key ${file}: ${(error as Error).message}`);
  }
  if (key.length < MIN_LENGTH)
    throw new StartError(`The secret key in ${file} has fewer than ${MIN_LENGTH} characters.`);
  return key;
}
