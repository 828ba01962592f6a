import { expect, it } from 'vitest';
import { keycloakUser } from '../../src/modules/identity/adapters/keycloak/user-representation.ts';

const USER = {
  email: 'Alice@example.org',
  username: 'alice',
  fullName: 'Alice van der Archer',
  isVerified: true,
  isActive: false,
  role: 'member',
  passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$AQ',
};

it('Somebody goes to Keycloak with the hash of their password, in the base64 that Java reads', () => {
  const { credentials, ...user } = keycloakUser(USER);
  expect(user).toEqual({
    username: 'alice',
    email: 'Alice@example.org',
    emailVerified: true,
    enabled: false,
    firstName: 'Alice',
    lastName: 'van der Archer',
    realmRoles: ['member'],
  });
  const [{ secretData, credentialData } = { secretData: '', credentialData: '' }] = credentials;
  expect(JSON.parse(secretData)).toEqual({
    value: 'AQ==',
    salt: 'AAECAwQFBgcICQoLDA0ODw==',
    additionalParameters: {},
  });
  expect(JSON.parse(credentialData)).toEqual({
    algorithm: 'argon2',
    hashIterations: 2,
    additionalParameters: {
      type: ['id'],
      version: ['1.3'],
      memory: ['19456'],
      parallelism: ['1'],
      hashLength: ['1'],
    },
  });
});

it('Somebody without a user name gets their email for one, and without a full name none', () => {
  const user = keycloakUser({ ...USER, username: null, fullName: null });
  expect(user.username).toBe('alice@example.org');
  expect(Object.keys(user)).not.toContain('firstName');
  expect(Object.keys(keycloakUser({ ...USER, fullName: 'Cher' }))).not.toContain('lastName');
});

it('A hash that is none of argon2 is not exported as if it were', () => {
  expect(() => keycloakUser({ ...USER, passwordHash: '$2b$10$x' })).toThrow('not one of argon2');
});
