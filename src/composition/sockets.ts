import { identityProblems } from '../modules/identity/adapters/http/identity-problems.ts';
import { standardHeaders } from '../platform/http/standard-headers.ts';
import { socketLimits } from '../platform/ws/socket-limits.ts';
import { SocketServer } from '../platform/ws/socket-server.ts';
import type { Application } from './container.ts';
import { contexts } from './contexts.ts';
import { tokens } from './tokens.ts';

/** What all contexts say over WebSocket. */
export async function socketServerOf(application: Application): Promise<SocketServer> {
  const settings = application.get(tokens.settings);
  const authentication = application.get(tokens.socketAuthentication);
  const server = new SocketServer({
    protocols: contexts.flatMap(({ socket }) => socket ?? []).map(name => application.get(name)),
    authentication,
    limits: socketLimits(settings),
    statuses: identityProblems,
    headers: await standardHeaders({ https: settings.publicUrl.startsWith('https:') }),
    trustedProxies: settings.trustedProxies,
    log: application.get(tokens.log),
    metrics: application.get(tokens.metrics),
    clock: application.get(tokens.clock),
  });
  application.get(tokens.accessWatch).onRevoked(({ userId, sessionId }) => {
    void server.reverify(userId, sessionId);
    application.get(tokens.liveRooms).endOf(userId, sessionId);
  });
  return server;
}
