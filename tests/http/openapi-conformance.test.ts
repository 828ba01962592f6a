import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiOf } from '../../src/composition/serve.ts';
import type { Endpoint } from '../../src/platform/http/endpoint.ts';
import { testApplication } from '../support/application.ts';
import type { Answer } from '../support/client.ts';
import { endpointsOf } from '../support/endpoints.ts';
import { CALLS, type Call, commonCall, type MakeCall, UNFAILING } from '../support/open-api-calls.ts';
import { OpenApiContract, type OpenApiDocument } from '../support/open-api-contract.ts';
import { World } from '../support/open-api-world.ts';

const application = await testApplication();
const contract = new OpenApiContract(openApiOf(application) as OpenApiDocument);
const endpoints = new Map(endpointsOf(application).map(endpoint => [endpoint.name, endpoint]));
await application.close();

const cases = contract.operations().flatMap(({ operation: { operationId, responses } }) =>
  Object.keys(responses)
    .filter(status => status !== 'default' && !(status >= '500' && UNFAILING.has(operationId)))
    .filter(status => !isOnlyStillRunning(responses[status]?.description))
    .map(status => [operationId, Number(status)] as const),
);

/** What a twin of a request that is still running is answered is tested with the key that makes it one. */
function isOnlyStillRunning(description = ''): boolean {
  return description.endsWith(': `request.still_running`');
}

const COMMON = [304, 400, 401, 403, 404, 406, 412, 413, 415, 422, 500, 503];

function endpointOf(operationId: string): Endpoint {
  const endpoint = endpoints.get(operationId);
  if (!endpoint) throw new Error(`No endpoint is called ${operationId}.`);
  return endpoint;
}

function goodCallOf(operationId: string): MakeCall {
  const rows = Object.entries(CALLS[operationId] ?? {});
  const good = rows.find(([status]) => Number(status) < 300)?.[1][0];
  if (good) return good;
  throw new Error(`${operationId} has no request that succeeds: add it to CALLS in open-api-calls.ts.`);
}

describe('the API keeps to its OpenAPI document', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.create();
  });
  afterAll(() => world.stop());

  const send = (operationId: string, { server, path, ...options }: Call): Promise<Answer> =>
    server.request(endpointOf(operationId).method, path, options);

  async function callsFor(operationId: string, status: number): Promise<Call[]> {
    const calls = await Promise.all((CALLS[operationId]?.[status] ?? []).map(make => make(world)));
    if (status < 300) return calls;
    const good = await goodCallOf(operationId)(world);
    const common = await commonCall(status, endpointOf(operationId), good, world);
    return common ? [common, ...calls] : calls;
  }

  it.each(cases)('%s answers %d as documented', async (operationId, status) => {
    const calls = await callsFor(operationId, status);
    if (calls.length === 0)
      throw new Error(
        `${operationId} documents ${status}: say in CALLS of open-api-calls.ts what makes it so.`,
      );
    for (const call of calls) {
      const answer = await send(operationId, call);
      expect({ status: answer.status, body: answer.body }).toMatchObject({ status });
      expect(contract.breachesOf(operationId, answer)).toEqual([]);
    }
  });

  it.each([...endpoints.keys()])('%s answers nothing that is not documented', async operationId => {
    const endpoint = endpointOf(operationId);
    const make = goodCallOf(operationId);
    const oddities: ((good: Call) => Call | Promise<Call>)[] = [
      good => ({ ...good, token: 'nonsense' }),
      good => ({ ...good, headers: { authorization: 'Basic YTpi' }, token: undefined }),
      async good => ({ ...good, token: await world.deactivatedToken() }),
      good => ({ ...good, headers: { accept: '*/*;q=0' } }),
      good => ({ ...good, headers: { 'if-match': '"a"', 'if-none-match': '"a"' } }),
      good => ({ ...good, path: `${good.path}?unknown=1` }),
      good => ({ ...good, path: `${good.path}/` }),
      ({ form: _, ...good }) => ({ ...good, body: endpoint.method === 'GET' ? undefined : '' }),
      ({ form: _, ...good }) => ({ ...good, body: endpoint.method === 'GET' ? undefined : 'null' }),
      ({ form: _, ...good }) => ({ ...good, body: undefined }),
      ...COMMON.filter(status => endpoint.method !== 'GET' || ![413, 415].includes(status)).map(
        status => async (good: Call) => (await commonCall(status, endpoint, good, world)) ?? good,
      ),
    ];
    const breaches: string[] = [];
    for (const odd of oddities)
      breaches.push(
        ...contract.breachesOf(operationId, await send(operationId, await odd(await make(world)))),
      );
    expect(new Set(breaches)).toEqual(new Set());
  });

  it('has no rows for operations or statuses that are not documented', () => {
    const documented = new Set(cases.map(String));
    const rows = Object.entries(CALLS).flatMap(([operationId, statuses]) =>
      Object.keys(statuses).map(status => `${operationId},${status}`),
    );
    expect(rows.filter(row => !documented.has(row))).toEqual([]);
  });
});
