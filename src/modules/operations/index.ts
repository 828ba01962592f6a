export type { OperationId } from './domain/operation.ts';
