import Type, { type Static } from 'typebox';

/** RFC 9110, section 5.6.2. */
const HeaderName = Type.String({ pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$" });

/** One of TASK_INSIGHT_SOURCES, with the names of the file. */
export const InsightSourceSettings = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,39}$' }),
    url: Type.String({ maxLength: 2000 }),
    headers: Type.Optional(
      Type.Record(HeaderName, Type.String({ maxLength: 8192 }), { additionalProperties: false }),
    ),
    timeout_ms: Type.Optional(Type.Integer({ minimum: 1, maximum: 60_000 })),
    max_bytes: Type.Optional(Type.Integer({ minimum: 2, maximum: 16_777_216 })),
    max_in_flight: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    failures: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    pause_ms: Type.Optional(Type.Integer({ minimum: 1, maximum: 3_600_000 })),
    allow_private: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

export type InsightSourceSettings = Static<typeof InsightSourceSettings>;

/** What a source has that does not say. */
export const INSIGHT_SOURCE_DEFAULTS = {
  headers: {},
  timeout_ms: 2000,
  max_bytes: 262_144,
  max_in_flight: 10,
  failures: 5,
  pause_ms: 30_000,
  allow_private: false,
} as const satisfies Required<Omit<InsightSourceSettings, 'name' | 'url'>>;
