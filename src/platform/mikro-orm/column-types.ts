/** What columns are called in each dialect. Steps of schemas that were released use it, so what it says does not change. */
export const COLUMN_TYPES = {
  sqlite: { uuid: 'text', time: 'integer', boolean: 'integer', json: 'text' },
  postgresql: { uuid: 'uuid', time: 'timestamptz(3)', boolean: 'boolean', json: 'jsonb' },
} as const;
