import type { Override } from '../../src/composition/container.ts';
import { serve } from '../../src/composition/serve.ts';
import type { Settings } from '../../src/platform/configuration/settings.ts';
import { type StorageName, type TestApplication, testApplication } from './application.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed body; undefined where there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely.
  readonly body: any;
}

export interface RequestOptions {
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is a string or bytes, which are sent as they are. */
  readonly body?: unknown;
  readonly form?: Readonly<Record<string, string>>;
}

/** A running server on a fresh storage, and a client of its API. */
export interface TestServer {
  readonly application: TestApplication;
  readonly origin: string;
  readonly managementOrigin: string;
  /** `path` below /api/v1, or from the root if it starts with two slashes. */
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  /** Registers somebody with this user name, and signs them in. */
  signUp(
    username: string,
    scope?: string,
  ): Promise<{ readonly id: string; readonly token: string; readonly refreshToken: string }>;
  stop(): Promise<void>;
}

export const PASSWORD = 'correct horse battery';

export async function testServer(
  storage: StorageName = 'memory',
  change: Partial<Settings> = {},
  overrides: readonly Override[] = [],
): Promise<TestServer> {
  const application = await testApplication(storage, change, overrides);
  const service = await serve(application);
  const origin = `http://127.0.0.1:${service.port}`;
  const request = (method: string, path: string, options: RequestOptions = {}) =>
    send(origin, method, path, options);
  return {
    application,
    origin,
    managementOrigin: `http://127.0.0.1:${service.managementPort}`,
    request,
    async signUp(username, scope) {
      const user = await request('POST', '/auth/register', {
        body: { email: `${username}@example.org`, username, password: PASSWORD },
      });
      const form = {
        grant_type: 'password',
        username,
        password: PASSWORD,
        ...(scope !== undefined && { scope }),
      };
      const { body } = await request('POST', '/auth/token', { form });
      return { id: user.body.id, token: body.access_token, refreshToken: body.refresh_token };
    },
    async stop() {
      await service.stop();
      await application.close();
    },
  };
}

async function send(origin: string, method: string, path: string, options: RequestOptions): Promise<Answer> {
  const url = path.startsWith('//') ? `${origin}${path.slice(1)}` : `${origin}/api/v1${path}`;
  const headers = new Headers(options.headers);
  if (options.token !== undefined) headers.set('authorization', `Bearer ${options.token}`);
  const { body, contentType } = bodyOf(options);
  if (contentType && !headers.has('content-type')) headers.set('content-type', contentType);
  const response = await fetch(url, {
    method,
    headers,
    redirect: 'manual',
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    body: isJson && text ? JSON.parse(text) : text || undefined,
  };
}

function bodyOf({ body, form }: RequestOptions): {
  body?: string | Uint8Array<ArrayBuffer>;
  contentType?: string;
} {
  if (form)
    return { body: new URLSearchParams(form).toString(), contentType: 'application/x-www-form-urlencoded' };
  if (body === undefined) return {};
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  return {
    body: raw ? (body as string | Uint8Array<ArrayBuffer>) : JSON.stringify(body),
    contentType: 'application/json',
  };
}
