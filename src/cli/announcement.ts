import type { Application } from '../composition/container.ts';
import { publicUrlOf } from '../composition/public-url.ts';
import type { Service } from '../composition/serve.ts';
import { tokens } from '../composition/tokens.ts';

/** What a start says when everything works. */
export async function announcementOf(application: Application, service: Service): Promise<string> {
  const settings = application.get(tokens.settings);
  const url = publicUrlOf({ ...settings, port: service.port });
  const setUp = application.get(tokens.setUpAdministrator);
  const lines = [
    `Atrium is ready at ${url}`,
    `  API            ${url}/api/v1`,
    `  Documentation  ${url}/docs, ${url}/redoc and ${url}/docs/chat`,
    `  Storage        ${storageOf(application)}`,
    `  Management     http://${settings.managementHost}:${service.managementPort}/metrics`,
  ];
  if (settings.workers > 1) lines.push(`  Workers        ${settings.workers}`);
  if (settings.identityProvider === 'keycloak')
    lines.push(`  Accounts       Keycloak, ${settings.oidcIssuer}`);
  else if (await setUp.isOpen())
    lines.push(
      `  There is no administrator yet. The set-up token for the first one (POST /api/v1/auth/setup):`,
      `  ${application.get(tokens.setupToken).value}`,
    );
  return lines.join('\n');
}

function storageOf(application: Application): string {
  const { databaseUrl, dataDir } = application.get(tokens.settings);
  if (databaseUrl === 'memory:') return 'memory: nothing is kept when the server stops';
  return databaseUrl.startsWith('sqlite:') ? `SQLite in ${dataDir}` : 'PostgreSQL';
}
