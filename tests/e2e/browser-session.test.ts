import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, type TestContext, test } from 'vitest';
import { NO_BROWSER, startBrowser } from '../support/browser.ts';
import { PASSWORD } from '../support/client.ts';
import { freePort } from '../support/postgres.ts';
import { ownStorage, startServer } from '../support/server-process.ts';

interface Said {
  readonly status: number;
  readonly code: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely.
  readonly body: any;
}

/** A page of the server, on which a script of that page can ask for something with the browser's cookies. */
async function open(skip: TestContext['skip']) {
  const browser = await startBrowser();
  if (!browser) return skip(NO_BROWSER);
  const server = await startServer({
    ...(await ownStorage('sqlite')),
    PORT: String(await freePort()),
    LOG_LEVEL: 'debug',
    LOG_FORMAT: 'json',
  });
  await server.register('alice');
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(8000);
  await page.goto(`${server.origin}/docs`);
  const ask = (method: string, path: string, body?: object) =>
    page.evaluate(
      async ([method, path, body]): Promise<Said> => {
        const headers = { 'content-type': 'application/json' };
        const request = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
        const answer = await fetch(`/api/v1${path}`, request);
        const text = await answer.text();
        const json = text ? JSON.parse(text) : undefined;
        return { status: answer.status, code: json?.code, body: json };
      },
      [method, path, body] as const,
    );
  const logIn = () => ask('POST', '/auth/login', { username: 'alice', password: PASSWORD });
  const cookieNames = async () => (await page.context().cookies()).map(({ name }) => name).toSorted();
  return { server, page, ask, logIn, cookieNames };
}

/**
 * A page of another server on the same host, with a form for each of these addresses. It is another origin of the same
 * site, to which browsers send Lax cookies.
 */
async function pageOfAnotherOrigin(page: Page, addresses: readonly string[]): Promise<Page> {
  const forms = addresses.map(
    address => `<form method="post" enctype="text/plain" action="${address}">
      <input type="hidden" name='{"text":"CSRF","ignored":"' value='"}'><button>You have won!</button></form>`,
  );
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<!doctype html><title>Another origin</title>${forms.join('')}`);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const other = await page.context().newPage();
  other.setDefaultTimeout(8000);
  await other.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return other;
}

/** How the server answered each POST to this path, by its log: browsers hide such answers from other origins. */
function statusesOf(log: string, path: string): number[] {
  return log
    .split('\n')
    .filter(line => line.includes(`"method":"POST","path":"/api/v1${path}",`))
    .map(line => JSON.parse(line).status);
}

const isRefresh = ({ name }: { readonly name: string }) => name === 'atrium_refresh';

test('a page signs in, works with cookies that it cannot see, and signs out', async ({ skip }) => {
  const { server, page, ask, logIn, cookieNames } = await open(skip);
  expect(await ask('GET', '/users/me')).toMatchObject({ status: 401, code: 'request.unauthenticated' });
  expect(await logIn()).toEqual({ status: 204 });
  expect(await cookieNames()).toEqual(['atrium_access', 'atrium_device', 'atrium_refresh']);
  expect(await page.evaluate('document.cookie')).toBe('');
  expect(await ask('GET', '/users/me')).toMatchObject({ status: 200, body: { username: 'alice' } });
  expect(await ask('POST', '/todos', { text: 'Water the plants' })).toMatchObject({ status: 201 });

  const before = await page.context().cookies();
  expect(await ask('POST', '/auth/refresh')).toEqual({ status: 204 });
  const after = await page.context().cookies();
  const names = (cookies: typeof after) => cookies.map(({ name }) => name).toSorted();
  expect(names(after)).toEqual(names(before));
  expect(after.find(isRefresh)?.value).not.toBe(before.find(isRefresh)?.value);

  await page.goto(`${server.origin}/redoc`);
  expect(await ask('GET', '/todos')).toMatchObject({ status: 200, body: { total_count: 1 } });

  expect(await ask('POST', '/auth/logout')).toEqual({ status: 204 });
  expect(await cookieNames()).toEqual(['atrium_device']);
  expect(await ask('GET', '/users/me')).toMatchObject({ status: 401, code: 'request.unauthenticated' });
  const access = after.find(({ name }) => name === 'atrium_access')?.value;
  const late = await server.request('GET', '/users/me', { token: access });
  expect(late.body).toMatchObject({ status: 401, code: 'identity.invalid_token' });
});

test('a page that signs in with a wrong password gets no cookies', async ({ skip }) => {
  const { ask, cookieNames } = await open(skip);
  const answer = await ask('POST', '/auth/login', { username: 'alice', password: 'wrong horse battery' });
  expect(answer).toMatchObject({ status: 400, code: 'identity.invalid_grant' });
  expect(await cookieNames()).toEqual([]);
});

test('a page of another origin can do nothing with the cookies that the browser sends for it', async ({
  skip,
}) => {
  const { server, page, ask, logIn, cookieNames } = await open(skip);
  await logIn();
  const paths = ['/todos', '/posts', '/auth/refresh', '/auth/logout'];
  const addresses = paths.map(path => `${server.origin}/api/v1${path}`);
  const other = await pageOfAnotherOrigin(page, addresses);

  for (const [index, url] of addresses.entries()) {
    await other.evaluate(async url => {
      const body = JSON.stringify({ text: 'CSRF', title: 'CSRF', content: 'CSRF' });
      await fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include', body }).catch(() => {});
    }, url);
    const sent = other.waitForRequest(url);
    await other.getByRole('button').nth(index).click();
    await other.getByText('"identity.cross_site"').waitFor();
    const { cookie, 'sec-fetch-site': site } = await (await sent).allHeaders();
    expect(site).toBe('same-site');
    expect(cookie).toContain('atrium_access=v4.public.');
    await other.goBack();
  }
  const read = await other.evaluate(
    url =>
      fetch(url, { credentials: 'include' }).then(
        () => 'read',
        () => 'refused',
      ),
    `${server.origin}/api/v1/users/me`,
  );
  expect(read).toBe('refused');

  expect(await cookieNames()).toEqual(['atrium_access', 'atrium_device', 'atrium_refresh']);
  expect(await ask('GET', '/todos')).toMatchObject({ status: 200, body: { total_count: 0 } });
  expect(await ask('GET', '/posts')).toMatchObject({ status: 200, body: { total_count: 0 } });
  server.signal('SIGTERM');
  await server.ended();
  for (const path of paths) expect(statusesOf(server.stdout, path), path).toEqual([403, 403]);
});
