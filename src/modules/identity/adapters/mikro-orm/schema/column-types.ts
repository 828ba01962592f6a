/** What columns are called in each dialect. */
export const TYPES = {
  sqlite: { uuid: 'text', time: 'integer', boolean: 'integer', json: 'text' },
  postgresql: { uuid: 'uuid', time: 'timestamptz(3)', boolean: 'boolean', json: 'jsonb' },
} as const;
