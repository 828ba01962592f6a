import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asyncApiOf } from '../../src/composition/serve.ts';
import { faultsOfDocument, faultsOfPayload, referencesIn, resolved } from '../support/async-api-contract.ts';
import { type TestServer, testServer } from '../support/client.ts';
import { documentationServer } from '../support/documentation-server.ts';

describe('/asyncapi.json', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await testServer();
  });
  afterAll(() => server.stop());

  it('is the document of all contexts, of the version that the OpenAPI document has', async () => {
    const { status, body } = await server.request('GET', '//asyncapi.json');
    expect(status).toBe(200);
    expect(body).toEqual(asyncApiOf(server.application));
    expect(faultsOfDocument(body)).toEqual([]);
    const { body: openApi } = await server.request('GET', '//openapi.json');
    expect(body.info.version).toBe(openApi.info.version);
    expect(openApi.info.description).toContain('[/docs/chat](/docs/chat)');
    expect(body.servers.atrium).toMatchObject({ host: 'atrium.test', protocol: 'ws' });
  });

  it('refers to nothing that is not in it, and gives examples that fit', () => {
    const document = asyncApiOf(server.application);
    for (const reference of referencesIn(document))
      expect(resolved(document, reference), reference).toBeDefined();
    for (const [name, { examples }] of Object.entries(document.components.messages))
      for (const { payload } of examples) expect(faultsOfPayload(document, name, payload)).toEqual([]);
  });

  it('is JSON that may be kept as long as it is asked for', async () => {
    const { headers } = await server.request('GET', '//asyncapi.json');
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(headers.get('cache-control')).toBe('public, no-cache');
  });

  it('is shown at /docs/chat, which runs no script and asks nobody else for anything', async () => {
    const { status, headers, body } = await server.request('GET', '//docs/chat');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('cache-control')).toBe('public, no-cache');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'/);
    expect(policy).not.toMatch(/script-src|unsafe|https?:|\*/);
    expect(body).not.toMatch(/<script|<style| style=/);
    const targets = [...body.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, target]) => target as string);
    expect(targets).toEqual(expect.arrayContaining(['/docs', '/redoc', '/asyncapi.json']));
    for (const target of targets.filter(each => each.startsWith('/')))
      expect((await server.request('GET', `/${target}`)).status, target).toBe(200);
    expect(targets.filter(each => !/^(\/[^/]|#|data:)/.test(each))).toEqual([]);
  });
});

describe('/docs/chat', () => {
  it('has a place for everything that a part of it leads to', async () => {
    const page = await (await fetch(`${await documentationServer()}/docs/chat`)).text();
    const places = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(places).toEqual([...new Set(places)]);
    const links = [...page.matchAll(/href="#([^"]*)"/g)].map(([, target]) => target);
    expect(links).toEqual(expect.arrayContaining(['weather', 'sendWeatherWatched', 'Reading']));
    for (const link of links) expect(places, link).toContain(link);
  });
});
