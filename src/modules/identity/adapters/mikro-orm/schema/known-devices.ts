import { COLUMN_TYPES } from '../../../../../platform/mikro-orm/column-types.ts';
import type { SchemaStep } from '../../../../../platform/mikro-orm/schema-step.ts';
import type { Dialect } from '../../../../../platform/mikro-orm/statements.ts';

/** Since when people of before have had their passwords is not known; no token of a device is older than this step. */
function knownDevices(dialect: Dialect): string[] {
  const { time, boolean } = COLUMN_TYPES[dialect];
  const [epoch, no] = dialect === 'sqlite' ? ['0', '0'] : ["'epoch'", 'false'];
  return [
    `alter table users add column password_changed_at ${time} not null default ${epoch}`,
    'alter table sessions add column network text',
    `alter table sessions add column is_announced ${boolean} not null default ${no}`,
    `create index sessions_by_client on sessions (user_id, network, device_name, created_at)
      where network is not null`,
  ];
}

const DOWN = [
  'drop index sessions_by_client',
  'alter table sessions drop column is_announced',
  'alter table sessions drop column network',
  'alter table users drop column password_changed_at',
];

export const knownDevicesStep: SchemaStep = {
  name: '20261125020000_known_devices',
  up: { sqlite: knownDevices('sqlite'), postgresql: knownDevices('postgresql') },
  down: { sqlite: DOWN, postgresql: DOWN },
};
