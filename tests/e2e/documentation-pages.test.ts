import type { Page } from 'playwright-core';
import { expect, type TestContext, test } from 'vitest';
import { NO_BROWSER, startBrowser } from '../support/browser.ts';
import { documentationServer } from '../support/documentation-server.ts';
import { freePort } from '../support/postgres.ts';
import { ownStorage, startServer } from '../support/server-process.ts';
import { weatherProtocol } from '../support/weather-protocol.ts';

interface OpenPage {
  readonly page: Page;
  readonly origin: string;
  /** Origins that the page has asked for anything. */
  readonly asked: Set<string>;
  /** What the console says is wrong, and what the page threw. */
  readonly complaints: string[];
}

/** A page of a running server that has one post. */
async function open(host: string, path: string, skip: TestContext['skip']): Promise<OpenPage> {
  const server = await startServer({ ...(await ownStorage('sqlite')), PORT: String(await freePort()) });
  const token = await server.signUp('alice');
  await server.request('POST', '/posts', { token, body: { title: 'Hello', content: 'World' } });
  return watched(server.origin.replace('127.0.0.1', host), path, skip);
}

/** A page that is watched from its first request on. */
async function watched(origin: string, path: string, skip: TestContext['skip']): Promise<OpenPage> {
  const browser = await startBrowser();
  if (!browser) return skip(NO_BROWSER);
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  const asked = new Set<string>();
  const complaints: string[] = [];
  page.on('request', request => {
    if (/^https?:/.test(request.url())) asked.add(new URL(request.url()).origin);
  });
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', error => complaints.push(String(error)));
  await page.goto(`${origin}${path}`);
  return { page, origin, asked, complaints };
}

test.for(['localhost', '127.0.0.1'])(
  '/docs under %s lists the operations, and tries them out',
  async (host, { skip }) => {
    const { page, origin, asked, complaints } = await open(host, '/docs', skip);
    for (const summary of ['Publishes a post', 'Signs in, or renews a sign-in', 'Adds a to-do to your list'])
      await page.getByText(summary).first().waitFor();
    const operation = page.locator('.opblock-get', { hasText: 'Lists posts' });
    await operation.locator('.opblock-summary').click();
    await operation.getByRole('button', { name: 'Try it out' }).click();
    await operation.getByRole('button', { name: 'Execute' }).click();
    const live = operation.locator('.live-responses-table');
    await live.waitFor();
    expect(await live.locator('.response-col_status').last().textContent()).toContain('200');
    expect(await live.textContent()).toContain('"total_count": 1');
    expect([...asked]).toEqual([origin]);
    expect(complaints).toEqual([]);
  },
);

test('/redoc lists the operations, and finds them', async ({ skip }) => {
  const { page, origin, asked, complaints } = await open('localhost', '/redoc', skip);
  for (const summary of ['Publishes a post', 'Signs in, or renews a sign-in', 'Adds a to-do to your list'])
    await page.getByRole('heading', { name: summary }).waitFor();
  await page.getByPlaceholder('Search...').fill('Publishes');
  await page.getByRole('search').getByText('Publishes a post').first().waitFor();
  expect([...asked]).toEqual([origin]);
  expect(complaints).toEqual([]);
});

test('/docs/chat shows every frame with its fields, without a script', async ({ skip }) => {
  const { page, origin, asked, complaints } = await watched(await documentationServer(), '/docs/chat', skip);
  for (const { type, summary } of [...weatherProtocol.received, ...weatherProtocol.sent])
    await page.getByRole('heading', { name: `${type} ${summary}` }).waitFor();
  const watch = page.getByRole('article').filter({ hasText: 'Wants to be told of a place' });
  expect(await watch.getByRole('row', { name: 'place' }).textContent()).toContain('minLength 1');
  await watch.getByRole('link', { name: 'watched' }).click();
  expect(page.url()).toBe(`${origin}/docs/chat#sendWeatherWatched`);
  const answer = page.getByRole('article').filter({ hasText: 'You are told of a place from now on' });
  await answer.getByRole('link', { name: 'Reading' }).click();
  expect(await page.locator('#Reading').textContent()).toContain('celsius');
  expect((await page.locator('main').boundingBox())?.x, 'the styles are applied').toBeGreaterThan(200);
  expect(await page.locator('script').count()).toBe(0);
  expect([...asked]).toEqual([origin]);
  expect(complaints).toEqual([]);
});

test('/docs/chat of the server tells what closes a socket, and leads to the other pages', async ({
  skip,
}) => {
  const { page, origin, asked, complaints } = await open('localhost', '/docs/chat', skip);
  await page.getByRole('heading', { name: 'Atrium over WebSocket' }).waitFor();
  await page.getByRole('cell', { name: '4401' }).waitFor();
  const links = await page.getByRole('navigation').getByRole('link').all();
  const targets = await Promise.all(links.map(link => link.getAttribute('href')));
  expect(targets).toEqual(expect.arrayContaining(['/docs', '/redoc', '/asyncapi.json']));
  expect([...asked]).toEqual([origin]);
  expect(complaints).toEqual([]);
});
