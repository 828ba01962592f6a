import type { TestProject } from 'vitest/node';
import { hasKeycloak, NO_KEYCLOAK } from './keycloak.ts';
import { startPostgres } from './postgres.ts';
import { findRedis } from './redis.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
    hasRedis: boolean;
  }
}

/** One PostgreSQL for all suites; each makes a database of its own in it. Suites of Redis start their own. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  provide('hasRedis', findRedis());
  if (!hasKeycloak()) process.stderr.write(`${NO_KEYCLOAK} Its suite is skipped.\n`);
  const postgres = await startPostgres();
  provide('postgresUrl', postgres.url);
  return () => postgres.stop();
}
