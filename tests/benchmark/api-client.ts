import { PASSWORD } from './sample-data.ts';

/** A request as the load generator repeats it. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

export function jsonRequest(path: string, body: object, headers: Readonly<Record<string, string>> = {}) {
  return {
    method: 'POST',
    path,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  } satisfies ApiRequest;
}

export const signInRequest = (username: string) =>
  ({
    method: 'POST',
    path: '/api/v1/auth/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'password', username, password: PASSWORD }).toString(),
  }) satisfies ApiRequest;

/** @throws Error unless the answer is a success */
export async function send(origin: string, { method, path, headers, body }: ApiRequest): Promise<ApiAnswer> {
  const response = await fetch(origin + path, {
    method,
    headers: { ...headers },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
  return { status: response.status, body: JSON.parse(text) };
}

/** A fresh access token: they are short-lived. */
export async function signIn(origin: string, username: string): Promise<string> {
  const { body } = await send(origin, signInRequest(username));
  return (body as { access_token: string }).access_token;
}
