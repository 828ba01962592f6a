import Koa from 'koa';
import { onTestFinished } from 'vitest';
import { documentationRouter } from '../../src/platform/http/documentation.ts';
import { HttpServer } from '../../src/platform/http/server.ts';
import { asyncApiDocument } from '../../src/platform/ws/async-api.ts';
import { weatherProtocol } from './weather-protocol.ts';

/** Serves nothing but the documentation, with a protocol that has frames of all kinds. */
export async function documentationServer(): Promise<string> {
  const asyncApi = () =>
    asyncApiDocument([weatherProtocol], {
      version: '1.2.3',
      publicUrl: 'https://atrium.example',
      sessionCookie: 'atrium_access',
    });
  const app = new Koa().use(documentationRouter({ openApi: () => ({}), asyncApi }).routes());
  const server = await HttpServer.listen(app.callback(), {
    port: 0,
    host: '127.0.0.1',
    maxConnections: 10,
    requestTimeout: 1000,
  });
  onTestFinished(() => server.stop(0));
  return `http://127.0.0.1:${server.port}`;
}
