import { fail } from './cli/fail.ts';
import { type Application, createContainer } from './composition/container.ts';
import { publicUrlOf } from './composition/public-url.ts';
import { type Service, serve } from './composition/serve.ts';
import { tokens } from './composition/tokens.ts';
import { loadSettings } from './platform/configuration/load-settings.ts';
import { releaseMemory } from './platform/release-memory.ts';

try {
  const application = await createContainer(loadSettings());
  const service = await start(application).catch(async error => {
    await application.close();
    throw error;
  });
  stopOnSignal(application, service);
  await announce(application, service);
  releaseMemory();
} catch (error) {
  fail(error);
}

/** With a wrong secret key nobody could sign in, so the keys are opened before the first request can come. */
async function start(application: Application): Promise<Service> {
  await application.get(tokens.accessTokens).publicKeys();
  return serve(application);
}

async function announce(application: Application, service: Service): Promise<void> {
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
  if (settings.identityProvider === 'keycloak')
    lines.push(`  Accounts       Keycloak, ${settings.oidcIssuer}`);
  else if (await setUp.isOpen())
    lines.push(
      `  There is no administrator yet. The set-up token for the first one (POST /api/v1/auth/setup):`,
      `  ${application.get(tokens.setupToken).value}`,
    );
  console.log(lines.join('\n'));
}

function storageOf(application: Application): string {
  const { databaseUrl, dataDir } = application.get(tokens.settings);
  if (databaseUrl === 'memory:') return 'memory: nothing is kept when the server stops';
  return databaseUrl.startsWith('sqlite:') ? `SQLite in ${dataDir}` : 'PostgreSQL';
}

/** The first signal lets running requests finish; a second one ends the process at once. */
function stopOnSignal(application: Application, service: Service): void {
  let stopping = false;
  const stop = async () => {
    if (stopping) process.exit(1);
    stopping = true;
    await service.stop();
    await application.close();
    application.get(tokens.log).flush();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
