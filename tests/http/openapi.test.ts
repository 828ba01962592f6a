import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestServer, testServer } from '../support/client.ts';
import { endpointsOf } from '../support/endpoints.ts';
import { OpenApiContract, type OpenApiDocument } from '../support/open-api-contract.ts';

type Node = Readonly<Record<string, unknown>>;

interface ExampleSchema {
  readonly $ref?: string;
  readonly examples?: readonly unknown[];
  readonly const?: unknown;
  readonly type?: string;
  readonly anyOf?: readonly unknown[];
  readonly items?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Node;
}

describe('the OpenAPI document', () => {
  let server: TestServer;
  let document: OpenApiDocument;
  let contract: OpenApiContract;
  beforeAll(async () => {
    server = await testServer();
    ({ body: document } = await server.request('GET', '//openapi.json'));
    contract = new OpenApiContract(document);
  });
  afterAll(() => server.stop());

  /** Every object in the document, with the path of keys to it. */
  function* nodes(value: unknown, place: readonly string[] = []): Generator<[readonly string[], Node]> {
    if (typeof value !== 'object' || value === null) return;
    if (!Array.isArray(value)) yield [place, value as Node];
    for (const [key, part] of Object.entries(value)) yield* nodes(part, [...place, key]);
  }

  const resolved = (reference: string): unknown =>
    reference
      .replace('#/', '')
      .split('/')
      .reduce<unknown>((node, key) => (node as Node | undefined)?.[key], document);

  /** A value made of nothing but what the schema itself gives as examples. */
  function exampleOf(schema: unknown, place: string): unknown {
    const { $ref, examples, anyOf, items, ...rest } = schema as ExampleSchema;
    if ($ref) return exampleOf(resolved($ref), place);
    if (examples) return examples[0];
    if ('const' in rest) return rest.const;
    if (rest.type === 'boolean') return true;
    if (anyOf) return exampleOf(anyOf[0], place);
    if (rest.type === 'array') return [exampleOf(items, `${place}[]`)];
    if (rest.type !== 'object') throw new Error(`${place} has no example.`);
    const { required = [], properties = {} } = rest;
    return Object.fromEntries(required.map(name => [name, exampleOf(properties[name], `${place}.${name}`)]));
  }

  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document) as never);
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
    expect(validator.version).toBe('3.1');
  });

  it('has every endpoint, under its own name', () => {
    const documented = contract
      .operations()
      .map(({ method, path, operation }) => `${operation.operationId} ${method.toUpperCase()} ${path}`);
    const declared = endpointsOf(server.application).map(
      ({ name, method, path, atRoot }) =>
        `${name} ${method} ${atRoot ? '' : '/api/v1'}${path.replace(/:(\w+)/g, '{$1}')}`,
    );
    expect(documented.sort()).toEqual(declared.sort());
    expect(new Set(declared.map(line => line.split(' ')[0])).size).toBe(declared.length);
  });

  it('describes every operation, under a tag that is explained', () => {
    const tags = new Set(document.tags.map(({ name }) => name));
    for (const { operation } of contract.operations()) {
      expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/);
      expect(operation.summary).toMatch(/^[A-Z].*[^.]$/);
      expect(operation.tags).toHaveLength(1);
      for (const tag of operation.tags) expect(tags).toContain(tag);
      for (const { description } of Object.values(operation.responses)) expect(description).toMatch(/^\w/);
    }
  });

  it('refers to nothing that is not in it, and has nothing that nothing refers to', () => {
    const references = [...nodes(document)].flatMap(([, { $ref }]) =>
      typeof $ref === 'string' ? [$ref] : [],
    );
    for (const reference of references) expect(resolved(reference), reference).toBeDefined();
    const schemas = Object.keys(document.components.schemas).map(name => `#/components/schemas/${name}`);
    expect(schemas.filter(name => !references.includes(name))).toEqual([]);
  });

  it('gives examples that fit their own schemas', () => {
    const faults = [...nodes(document)]
      .filter(([place]) => !place.includes('examples'))
      .flatMap(([place, { examples }]) =>
        (Array.isArray(examples) ? examples : []).flatMap(example =>
          contract.faultsOf(example, ...place).map(fault => `${place.join('/')}: ${fault}`),
        ),
      );
    expect(faults).toEqual([]);
  });

  it('gives examples from which every request and every answer can be made', () => {
    for (const { method, path, operation } of contract.operations()) {
      const bodies = Object.entries(operation.requestBody?.content ?? {}).map(
        ([type, { schema }]) => [['requestBody', 'content', type, 'schema'], schema] as const,
      );
      const answers = Object.entries(operation.responses).flatMap(([status, { content = {} }]) =>
        Object.entries(content).map(
          ([type, { schema }]) => [['responses', status, 'content', type, 'schema'], schema] as const,
        ),
      );
      for (const [place, schema] of [...bodies, ...answers]) {
        const example = exampleOf(schema, `${operation.operationId} ${place.join('/')}`);
        expect(contract.faultsOf(example, 'paths', path, method, ...place)).toEqual([]);
      }
    }
  });

  it('can be followed with its examples: what they register, signs in and publishes', async () => {
    const bodyOf = (operationId: string) => {
      const found = contract.operations().find(({ operation }) => operation.operationId === operationId);
      const content = Object.values(found?.operation.requestBody?.content ?? {});
      return exampleOf(content[0]?.schema, operationId) as Record<string, string>;
    };
    const { email = '', password = '' } = bodyOf('registerUser');
    expect((await server.request('POST', '/auth/register', { body: bodyOf('registerUser') })).status).toBe(
      201,
    );
    const form = { ...bodyOf('issueTokens'), username: email, password };
    const { body } = await server.request('POST', '/auth/token', { form });
    const token = body.access_token;
    expect((await server.request('POST', '/posts', { token, body: bodyOf('publishPost') })).status).toBe(201);
    expect((await server.request('POST', '/todos', { token, body: bodyOf('addTodo') })).status).toBe(201);
  });

  it('is JSON that may be kept as long as it is asked for', async () => {
    const { headers } = await server.request('GET', '//openapi.json');
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(headers.get('cache-control')).toBe('public, no-cache');
  });

  describe.each(['/docs', '/redoc'])('shown at %s', page => {
    it('asks no foreign host for anything, and all that it asks for is there', async () => {
      const { status, body, headers } = await server.request('GET', `/${page}`);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(body).not.toMatch(/(https?:)?\/\/[a-z]/i);
      const targets = [...body.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, target]) => target as string);
      const assets = targets.filter(target => !target.startsWith('data:'));
      expect(assets.length).toBeGreaterThanOrEqual(2);
      for (const target of assets) {
        expect(target).toMatch(/^\/[^/]/);
        const asset = await server.request('GET', `/${target}`);
        expect(asset.status).toBe(200);
        expect(asset.headers.get('content-type')).toMatch(/^text\/(javascript|css)/);
        expect(asset.body.length).toBeGreaterThan(20);
      }
    });

    it('is allowed to load from nowhere else', async () => {
      const { headers } = await server.request('GET', `/${page}`);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/default-src 'none'/);
      expect(policy).toMatch(/connect-src 'self'/);
      expect(policy).not.toMatch(/https?:|\*|unsafe-eval|script-src[^;]*unsafe-inline/);
    });
  });
});
