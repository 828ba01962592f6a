import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadSettings } from '../../src/platform/configuration/load-settings.ts';
import { Settings } from '../../src/platform/configuration/settings.ts';
import { snakeCase } from '../../src/platform/snake-case.ts';

interface Service {
  readonly image?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: object;
  readonly build?: string;
  readonly volumes?: readonly string[];
}

const text = readFileSync('docker-compose.yml', 'utf8');
const { services, volumes } = parse(text, { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};

/** What must be said for it to start. */
const SECRETS = [...new Set([...text.matchAll(/\$\{(\w+):\?/g)].map(([, name = '']) => name))];

/** A value of compose's with all that must be said being 64 digits. */
const filled = (value: string) =>
  value.replaceAll(/\$\{\w+(?::-([^}]*)|:\?[^}]*)\}/g, (_, byDefault) => byDefault ?? '0'.repeat(64));

describe('docker-compose.yml', () => {
  it('sets nothing for Atrium that is not a setting, and what it sets is valid', () => {
    const environment = services.app?.environment ?? {};
    const known = Object.keys(Settings.properties).map(name => snakeCase(name).toUpperCase());
    expect(Object.keys(environment).filter(name => !known.includes(name))).toEqual([]);
    const values = Object.entries(environment).map(([name, value]) => [name, filled(String(value))]);
    expect(loadSettings(Object.fromEntries(values))).toMatchObject({
      identityProvider: 'keycloak',
      oidcIssuer: 'http://keycloak.localhost:8080/realms/atrium',
      publicUrl: 'http://atrium.localhost:8080',
    });
  });

  it('has no default for a secret', () => {
    const lines = text.split('\n').filter(line => /^\s+\w*(PASSWORD|SECRET|AUTH)\w*:/.test(line));
    expect(lines.length).toBeGreaterThan(7);
    for (const line of lines) expect(line).toMatch(/\$\{\w+:\?[^}]*\}$/);
    expect(SECRETS.toSorted()).toEqual([
      'ATRIUM_DATABASE_PASSWORD',
      'ATRIUM_DEMO_PASSWORD',
      'KEYCLOAK_ADMIN_PASSWORD',
      'KEYCLOAK_DATABASE_PASSWORD',
      'POSTGRES_PASSWORD',
      'REDIS_PASSWORD',
      'SECRET_KEY',
    ]);
  });

  it('says of every service how it is, and keeps what must be kept in named volumes', () => {
    const withoutCheck = Object.entries(services).filter(
      ([, { healthcheck, build }]) => !healthcheck && !build,
    );
    expect(withoutCheck).toEqual([]);
    expect(readFileSync('Dockerfile', 'utf8')).toMatch(/^HEALTHCHECK /m);
    const named = Object.values(services)
      .flatMap(({ volumes: mounted = [] }) => mounted.map(mount => mount.split(':')[0] ?? ''))
      .filter(source => !source.startsWith('.'));
    expect(named.toSorted()).toEqual(Object.keys(volumes).toSorted());
  });

  it('runs the Keycloak that the tests run', () => {
    const tested = /^version=(.+)$/m.exec(readFileSync('keycloak/fetch.sh', 'utf8'))?.[1];
    expect(services.keycloak?.image).toMatch(new RegExp(`:${tested}$`));
  });

  it('is what docker compose takes it for', async ({ skip }) => {
    const run = promisify(execFile);
    const env = {
      PATH: process.env.PATH,
      ...Object.fromEntries(SECRETS.map(name => [name, 'x'.repeat(64)])),
    };
    const hasCompose = await run('docker', ['compose', 'version']).then(
      () => true,
      () => false,
    );
    if (!hasCompose) return skip('There is no docker compose.');
    const { stdout } = await run('docker', ['compose', 'config', '--format', 'json'], { env });
    expect(Object.keys(JSON.parse(stdout).services).toSorted()).toEqual(Object.keys(services).toSorted());
    await expect(run('docker', ['compose', 'config'], { env: { PATH: process.env.PATH } })).rejects.toThrow(
      /variable|required/,
    );
  });
});
