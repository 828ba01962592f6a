import { PublicProtocol } from 'paseto';
import {
  GenerateKeyPairFactory,
  ImportSecretKeyFactory,
  type SecretKey,
  SignFactory,
} from 'paseto/v4/public';
import type { Application } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';

const paseto = new PublicProtocol(GenerateKeyPairFactory, ImportSecretKeyFactory, SignFactory);

export interface Forgery {
  readonly secret: SecretKey;
  readonly keyId: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly footer?: string;
  readonly now?: Date;
  readonly expiresIn?: number;
}

/** Signs what the application itself would not. */
export function forge({ secret, keyId, claims, footer, now, expiresIn = 900 }: Forgery): Promise<string> {
  return paseto.Sign(secret, claims as Record<string, never>, {
    footer: new TextEncoder().encode(footer ?? JSON.stringify({ kid: keyId })),
    now: now ?? new Date(),
    expiresIn,
  });
}

/** The application's own signing key, which its database keeps encrypted. */
export async function ownKey(application: Application): Promise<{ keyId: string; secret: SecretKey }> {
  const { work } = application.get(tokens.identityStorage);
  const [key] = await work.run(({ signingKeys }) => signingKeys.all());
  if (!key) throw new Error('There is no signing key before the first token.');
  const paserk = application.get(tokens.secretKey).decrypt('signing-key', key.encryptedSecretKey);
  return { keyId: key.id, secret: await paseto.ImportSecretKey(paserk as `k4.secret.${string}`) };
}

export async function strangersKey(): Promise<SecretKey> {
  return (await paseto.GenerateKeyPair()).secretKey;
}

/** What a token says, unverified. */
export function claimsOf(token: string): Record<string, unknown> {
  const signed = Buffer.from(token.split('.')[2] ?? '', 'base64url');
  return JSON.parse(signed.subarray(0, -64).toString('utf8'));
}

/** The id of the key that a token says it was signed with. */
export function keyIdOf(token: string): string {
  return JSON.parse(Buffer.from(token.split('.')[3] ?? '', 'base64url').toString('utf8')).kid;
}
