import Type from 'typebox';
import { frameOf, type SocketProtocol } from '../../src/platform/ws/protocol.ts';

/** Nothing but what frames carry. */
interface Watch {
  readonly places: Set<string>;
}

const frame = frameOf<Watch>();

const place = Type.String({ minLength: 1, examples: ['Vienna'] });

const Reading = Type.Object(
  { place, celsius: Type.Number({ minimum: -273.15, examples: [21.5] }) },
  { title: 'Reading', additionalProperties: false },
);

const Watched = Type.Object(
  { type: Type.Literal('watched'), place, latest: Type.Union([Reading, Type.Null()]) },
  { title: 'Watched', additionalProperties: false },
);

/** A protocol that no context has: frames with shared parts, one type in both directions, answers of all kinds. */
export const weatherProtocol: SocketProtocol<Watch> = {
  name: 'weather',
  description: 'Tells of the **weather** as it changes.',
  path: '/weather/ws',
  subprotocol: 'atrium.weather.v1',
  scope: 'profile',
  received: [
    frame({
      type: 'watch',
      summary: 'Wants to be told of a place',
      schema: Type.Object({ type: Type.Literal('watch'), place }, { additionalProperties: false }),
      answers: ['watched', 'reading'],
      handle: (watch, { place: name }) => void watch.places.add(name),
    }),
    frame({
      type: 'reading',
      summary: 'Reports what was measured',
      schema: Type.Object(
        {
          type: Type.Literal('reading'),
          reading: Reading,
          note: Type.Optional(Type.String({ examples: ['Windy'] })),
        },
        { additionalProperties: false },
      ),
      answers: [],
      handle: () => undefined,
    }),
  ],
  sent: [
    {
      type: 'watched',
      summary: 'You are told of a place from now on',
      schema: Watched,
    },
    {
      type: 'reading',
      summary: 'Something was measured',
      schema: Type.Object(
        { type: Type.Literal('reading'), readings: Type.Array(Reading), final: Type.Boolean() },
        { additionalProperties: false },
      ),
    },
    {
      type: 'batch',
      summary: 'Several frames at once',
      schema: Type.Object(
        { type: Type.Literal('batch'), frames: Type.Array(Watched, { maxItems: 100 }) },
        { additionalProperties: false },
      ),
    },
    {
      type: 'error',
      summary: 'A frame was refused',
      schema: Type.Object(
        { type: Type.Literal('error'), code: Type.String({ examples: ['request.invalid'] }) },
        { additionalProperties: false },
      ),
    },
  ],
  open: () => ({ places: new Set() }),
  ended: () => undefined,
};
