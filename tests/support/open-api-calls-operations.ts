import type { Call, MakeCall } from './open-api-calls.ts';
import type { World } from './open-api-world.ts';

const OPERATION = { quantity: '1.50', figi: 'BBG000B9XRY4', date: '2026-01-31', type: 'buy' };

const asAlice = ({ server, alice }: World, path: string, body?: object): Call => ({
  server,
  token: alice,
  path,
  body,
});

/** A request about an operation of Alice's. */
const own =
  (body?: object): MakeCall =>
  async world => {
    const { path, ...options } = asAlice(world, '/operations', OPERATION);
    const { id } = (await world.server.request('POST', path, options)).body;
    return asAlice(world, `/operations/${id}`, body);
  };

const asBob =
  (make: MakeCall): MakeCall =>
  async world => ({ ...(await make(world)), token: world.bob });

export const OPERATION_CALLS: Readonly<Record<string, Readonly<Record<number, readonly MakeCall[]>>>> = {
  listOperations: {
    200: [
      world => asAlice(world, '/operations'),
      world => asAlice(world, '/operations?cursor=&count=true&type=buy&to=2026-01-31&sort=-date'),
    ],
    422: [world => asAlice(world, '/operations?cursor=nonsense')],
  },
  summariseOperations: {
    200: [
      world => asAlice(world, '/operations/summary?group_by=type'),
      world => asAlice(world, '/operations/summary?group_by=instrument_type&type=buy'),
      world => asAlice(world, '/operations/summary?group_by=month&from=2026-01-01&to=2026-01-31'),
    ],
    422: [world => asAlice(world, '/operations/summary')],
  },
  exportOperations: {
    200: [
      world => asAlice(world, '/operations.csv'),
      world => asAlice(world, '/operations.csv?type=buy&from=2026-01-01&sort=-date'),
    ],
  },
  recordOperation: {
    201: [
      world => asAlice(world, '/operations', OPERATION),
      world => asAlice(world, '/operations', { ...OPERATION, figi: null, instrument_type: 'share' }),
    ],
    422: [world => asAlice(world, '/operations', { ...OPERATION, quantity: 1.5 })],
  },
  readOperation: { 200: [own()], 404: [asBob(own())] },
  replaceOperation: { 200: [own(OPERATION)], 404: [asBob(own(OPERATION))] },
  changeOperation: {
    200: [own({ figi: null })],
    404: [asBob(own({}))],
    422: [own({ figi: '\0' }), own({ date: '2026-02-30' })],
  },
  deleteOperation: { 204: [own()], 404: [asBob(own())] },
};
