import { describe, expect, it } from 'vitest';
import { asyncApiDocument } from '../../src/platform/ws/async-api.ts';
import { CLOSE, type SocketProtocol } from '../../src/platform/ws/protocol.ts';
import { faultsOfDocument, faultsOfPayload, referencesIn, resolved } from '../support/async-api-contract.ts';
import { weatherProtocol } from '../support/weather-protocol.ts';

const OPTIONS = { version: '1.2.3', publicUrl: 'https://atrium.example', sessionCookie: 'atrium_access' };

const document = asyncApiDocument([weatherProtocol], OPTIONS);

const { channels, operations, components, servers, info } = document;
const { messages } = components;

/** The types of the frames that are referred to. */
const typesOf = (references: readonly { readonly $ref: string }[] = []) =>
  references.map(({ $ref }) => (resolved(document, $ref) as { name: string }).name);

describe('the AsyncAPI document', () => {
  it('is valid AsyncAPI 3.0, with protocols, with several and without any', () => {
    const another: SocketProtocol<never> = {
      ...weatherProtocol,
      name: 'Other one',
      path: '/other/ws',
    } as never;
    for (const protocols of [[weatherProtocol], [weatherProtocol, another], []])
      expect(faultsOfDocument(asyncApiDocument(protocols, OPTIONS))).toEqual([]);
    expect(faultsOfDocument({ ...document, info: {} })).not.toEqual([]);
    expect(faultsOfDocument({ ...document, operations: { a: { action: 'shout' } } })).not.toEqual([]);
  });

  it('has every frame, as a message and as an operation that says who sends it', () => {
    for (const [action, frames] of [
      ['receive', weatherProtocol.received],
      ['send', weatherProtocol.sent],
    ] as const) {
      const documented = Object.values(operations).filter(operation => operation.action === action);
      expect(documented.map(({ summary }) => summary)).toEqual(frames.map(({ summary }) => summary));
      expect(documented.flatMap(({ messages }) => typesOf(messages))).toEqual(frames.map(({ type }) => type));
    }
    expect(Object.keys(messages)).toHaveLength(6);
    expect(Object.keys(channels.weather?.messages ?? {})).toEqual(Object.keys(messages));
  });

  it('keeps frames of one type apart that go both ways', () => {
    expect(messages.receiveWeatherReading?.summary).toBe('Reports what was measured');
    expect(messages.sendWeatherReading?.summary).toBe('Something was measured');
  });

  it('says what answers a frame: what it declares, and an error that any frame may get', () => {
    expect(typesOf(operations.receiveWeatherWatch?.reply?.messages)).toEqual(['watched', 'reading', 'error']);
    expect(typesOf(operations.receiveWeatherReading?.reply?.messages)).toEqual(['error']);
    expect(operations.sendWeatherReading?.reply).toBeUndefined();
  });

  it('refuses an answer that is never sent', () => {
    const [watch] = weatherProtocol.received;
    const protocol = {
      ...weatherProtocol,
      received: [{ ...watch, answers: ['thunder'] }],
    } as typeof weatherProtocol;
    expect(() => asyncApiDocument([protocol], OPTIONS)).toThrow(/weather: watch is answered by thunder/);
  });

  it('refers to nothing that is not in it, and has no schema that nothing refers to', () => {
    const references = referencesIn(document);
    for (const reference of references) expect(resolved(document, reference), reference).toBeDefined();
    for (const name of Object.keys(components.schemas))
      expect(references).toContain(`#/components/schemas/${name}`);
  });

  it('names only messages of the channel that an operation is about', () => {
    for (const { channel, messages, reply } of Object.values(operations))
      for (const { $ref } of [...messages, ...(reply?.messages ?? [])])
        expect($ref.startsWith(`${channel.$ref}/messages/`)).toBe(true);
  });

  it('has a schema that several frames share once, under its title', () => {
    expect(Object.keys(components.schemas).sort()).toEqual(['Reading', 'Watched']);
    const uses = referencesIn(document).filter(reference => reference === '#/components/schemas/Reading');
    expect(uses).toHaveLength(3);
  });

  it('gives an example of every frame that fits its schema, with all that is optional', () => {
    for (const [name, { examples }] of Object.entries(messages)) {
      expect(examples).not.toEqual([]);
      for (const { payload } of examples) expect(faultsOfPayload(document, name, payload)).toEqual([]);
      expect(faultsOfPayload(document, name, { type: 'nonsense' })).not.toEqual([]);
    }
    expect(messages.receiveWeatherReading?.examples).toEqual([
      { payload: { type: 'reading', reading: { place: 'Vienna', celsius: 21.5 }, note: 'Windy' } },
    ]);
  });

  it('says where a socket is opened, with what, and who may', () => {
    expect(servers.atrium).toMatchObject({ host: 'atrium.example', protocol: 'wss' });
    expect(channels.weather).toMatchObject({
      address: '/api/v1/weather/ws',
      description: expect.stringMatching(/\*\*weather\*\*[\s\S]*`profile`/),
      bindings: {
        ws: {
          method: 'GET',
          query: { properties: { ticket: { type: 'string' } } },
          headers: { properties: { 'Sec-WebSocket-Protocol': { const: 'atrium.weather.v1' } } },
        },
      },
    });
    const { security } = servers.atrium;
    expect(security.map(({ $ref }) => resolved(document, $ref))).toMatchObject([
      { type: 'httpApiKey', in: 'cookie', name: 'atrium_access' },
      { type: 'http', scheme: 'bearer' },
      { type: 'httpApiKey', in: 'query', name: 'ticket' },
    ]);
  });

  it('takes the scheme, the port and the path of where clients reach the server', () => {
    const serverAt = (publicUrl: string) => asyncApiDocument([], { ...OPTIONS, publicUrl }).servers.atrium;
    expect(serverAt('http://localhost:8000')).toMatchObject({ host: 'localhost:8000', protocol: 'ws' });
    expect(serverAt('http://localhost:8000')).not.toHaveProperty('pathname');
    expect(serverAt('https://example.org/atrium')).toMatchObject({
      host: 'example.org',
      pathname: '/atrium',
    });
  });

  it('explains every code that closes a socket', () => {
    for (const code of Object.values(CLOSE))
      expect(info.description).toMatch(new RegExp(`^\\| ${code} \\| \\w[^|]+\\. \\| \\w[^|]+\\. \\|$`, 'm'));
  });
});
