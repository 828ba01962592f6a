import { EntitySchema } from '@mikro-orm/core';
import { Operation } from '../../domain/operation.ts';
import { OperationImport } from '../../domain/operation-import.ts';

/** The quantity is a text to the ORM, whatever its column is: as a number it would lose digits. */
export const OperationSchema = new EntitySchema<Operation>({
  class: Operation,
  tableName: 'operations',
  properties: {
    id: { type: 'uuid', primary: true },
    userId: { type: 'uuid' },
    quantity: { type: 'text' },
    figi: { type: 'text', nullable: true },
    instrumentType: { type: 'text', nullable: true },
    date: { type: 'Date' },
    type: { type: 'text' },
    createdAt: { type: 'Date' },
    updatedAt: { type: 'Date' },
    importId: { type: 'uuid', nullable: true },
    version: { type: 'integer', version: true },
  },
});

export const OperationImportSchema = new EntitySchema<OperationImport>({
  class: OperationImport,
  tableName: 'operation_imports',
  properties: {
    id: { type: 'uuid', primary: true },
    userId: { type: 'uuid' },
    state: { type: 'text' },
    createdAt: { type: 'Date' },
    touchedAt: { type: 'Date' },
    version: { type: 'integer', version: true },
  },
});
