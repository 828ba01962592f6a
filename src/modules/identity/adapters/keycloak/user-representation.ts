import type { User } from '../../domain/user.ts';

/** A password's hash as Keycloak keeps it. */
interface Credential {
  readonly type: 'password';
  readonly secretData: string;
  readonly credentialData: string;
}

/** A user of Keycloak's partial import. */
export interface KeycloakUser {
  readonly username: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly enabled: boolean;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly credentials: readonly Credential[];
  readonly realmRoles: readonly string[];
}

/** The string format of password hashes (https://github.com/P-H-C/phc-string-format), as argon2id is written in it. */
const PHC =
  /^\$argon2(?<type>id?|d)\$v=19\$m=(?<memory>\d+),t=(?<time>\d+),p=(?<lanes>\d+)\$(?<salt>[\w+/]+)\$(?<hash>[\w+/]+)$/;

/** What Keycloak calls version 19 (0x13) of argon2. */
const VERSION = '1.3';

/**
 * Somebody as Keycloak imports them, with the hash of their password as it is. Who has no user name gets their email for one;
 * who has no first and last name is asked for them when they sign in.
 */
export function keycloakUser(user: Pick<User, Exported>): KeycloakUser {
  const { email, username, fullName, isVerified, isActive, role, passwordHash } = user;
  const [firstName, ...others] = fullName?.split(' ') ?? [];
  return {
    username: username ?? email.toLowerCase(),
    email,
    emailVerified: isVerified,
    enabled: isActive,
    ...(firstName && { firstName }),
    ...(others.length > 0 && { lastName: others.join(' ') }),
    credentials: [credentialOf(passwordHash)],
    realmRoles: [role],
  };
}

type Exported = 'email' | 'username' | 'fullName' | 'isVerified' | 'isActive' | 'role' | 'passwordHash';

function credentialOf(phc: string): Credential {
  const parts = PHC.exec(phc)?.groups;
  if (!parts) throw new Error('The hash of a password is not one of argon2.');
  const { type = '', memory = '', time = '', lanes = '', salt = '', hash = '' } = parts;
  return {
    type: 'password',
    secretData: JSON.stringify({ value: padded(hash), salt: padded(salt), additionalParameters: {} }),
    credentialData: JSON.stringify({
      algorithm: 'argon2',
      hashIterations: Number(time),
      additionalParameters: {
        type: [type],
        version: [VERSION],
        memory: [memory],
        parallelism: [lanes],
        hashLength: [String(Buffer.from(hash, 'base64').length)],
      },
    }),
  };
}

/** The same base64 with the padding that Java wants. */
function padded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('base64');
}
