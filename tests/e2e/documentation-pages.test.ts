import type { Page } from 'playwright-core';
import { expect, type TestContext, test } from 'vitest';
import { NO_BROWSER, startBrowser } from '../support/browser.ts';
import { freePort } from '../support/postgres.ts';
import { ownStorage, startServer } from '../support/server-process.ts';

interface OpenPage {
  readonly page: Page;
  readonly origin: string;
  /** Origins that the page has asked for anything. */
  readonly asked: Set<string>;
  /** What the console says is wrong, and what the page threw. */
  readonly complaints: string[];
}

/** A page of a running server that has one post, watched from its first request on. */
async function open(host: string, path: string, skip: TestContext['skip']): Promise<OpenPage> {
  const browser = await startBrowser();
  if (!browser) return skip(NO_BROWSER);
  const server = await startServer({ ...(await ownStorage('sqlite')), PORT: String(await freePort()) });
  const token = await server.signUp('alice');
  await server.request('POST', '/posts', { token, body: { title: 'Hello', content: 'World' } });
  const page = await browser.newPage();
  page.setDefaultTimeout(8000);
  const asked = new Set<string>();
  const complaints: string[] = [];
  page.on('request', request => {
    if (/^https?:/.test(request.url())) asked.add(new URL(request.url()).origin);
  });
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', error => complaints.push(String(error)));
  const origin = server.origin.replace('127.0.0.1', host);
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
