import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Context } from 'koa';
import helmet from 'koa-helmet';

export type HeaderList = readonly (readonly [name: string, value: string])[];

/**
 * Helmet's headers for an API, of which no answer is a page. They are the same for every answer, so helmet is
 * asked for them once, when the server starts. The pages of the documentation have a policy of their own.
 */
export async function standardHeaders({ https }: { readonly https: boolean }): Promise<HeaderList> {
  const ask = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
    },
    strictTransportSecurity: https,
    // These speak to browsers about pages, downloads and plug-ins.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  await ask({ req: request, res: response } as Context, async () => undefined);
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]);
}
