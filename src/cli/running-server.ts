import { type Application, createContainer } from '../composition/container.ts';
import { type Service, serve } from '../composition/serve.ts';
import { tokens } from '../composition/tokens.ts';
import type { Peer } from '../platform/cluster/peer.ts';
import type { Settings } from '../platform/configuration/settings.ts';

export interface RunningServer {
  readonly application: Application;
  readonly service: Service;
  /** Lets running requests finish, and ends the process. */
  stop(): Promise<never>;
}

/** Builds what the settings describe, and starts it; in a worker, which has a primary, without the management port. */
export async function startServer(settings: Settings, primary?: Peer): Promise<RunningServer> {
  const application = await createContainer(settings, [], primary);
  const service = await start(application, primary === undefined).catch(async error => {
    await application.close();
    throw error;
  });
  return {
    application,
    service,
    async stop() {
      await service.stop();
      await application.close();
      application.get(tokens.log).flush();
      process.exit(0);
    },
  };
}

/** With a wrong secret key nobody could sign in, so the keys are opened before the first request can come. */
async function start(application: Application, withManagement: boolean): Promise<Service> {
  await application.get(tokens.accessTokens).publicKeys();
  return serve(application, { withManagement });
}
