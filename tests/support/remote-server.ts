import type { Agent } from 'node:http';
import { within } from './child-process.ts';
import { type Answer, PASSWORD, type RequestOptions } from './client.ts';
import { rawRequest } from './raw-request.ts';

/** Milliseconds. Every request here is answered sooner, or has failed the test. */
const PATIENCE = 5000;

/** A client of a server that runs in another process. */
export interface RemoteServer {
  readonly origin: string;
  /** `path` below /api/v1, or from the root if it starts with two slashes. Each request has its own connection, where there is no agent. */
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  register(username: string): Promise<Answer>;
  signIn(username: string, password?: string): Promise<Answer>;
  /** Registers somebody with this user name, and answers their access token. */
  signUp(username: string): Promise<string>;
}

export function remoteServer(origin: string, agent?: Agent): RemoteServer {
  const request: RemoteServer['request'] = (method, path, options = {}) =>
    send({ origin, agent }, method, path, options);
  const register: RemoteServer['register'] = username =>
    request('POST', '/auth/register', {
      body: { email: `${username}@example.org`, username, password: PASSWORD },
    });
  const signIn: RemoteServer['signIn'] = (username, password = PASSWORD) =>
    request('POST', '/auth/token', { form: { grant_type: 'password', username, password } });
  return {
    origin,
    request,
    register,
    signIn,
    async signUp(username) {
      await register(username);
      const { body } = await signIn(username);
      return body.access_token;
    },
  };
}

function send(
  { origin, agent }: { readonly origin: string; readonly agent: Agent | undefined },
  method: string,
  path: string,
  { token, headers, body, form }: RequestOptions,
): Promise<Answer> {
  const json = typeof body === 'string' ? body : JSON.stringify(body);
  const sent = form ? new URLSearchParams(form).toString() : (json ?? '');
  const answer = rawRequest(origin, {
    method,
    path: path.startsWith('//') ? path.slice(1) : `/api/v1${path}`,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(sent && { 'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json' }),
      ...headers,
    },
    body: sent ? [sent] : [],
    agent,
  });
  return within(PATIENCE, answer, () => `the answer to ${method} ${path}`);
}
