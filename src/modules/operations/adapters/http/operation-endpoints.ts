import Type from 'typebox';
import {
  type Api,
  created,
  type Endpoint,
  endpointsThrowing,
  noContent,
  ok,
} from '../../../../platform/http/endpoint.ts';
import { listQuery, pageOf, pageReply } from '../../../../platform/http/list-endpoint.ts';
import { IdParams } from '../../../../platform/http/schemas.ts';
import type { ChangeOperation } from '../../application/change-operation.ts';
import type { DeleteOperation } from '../../application/delete-operation.ts';
import type { ExportOperations } from '../../application/export-operations.ts';
import { MAX_GROUPS, OPERATION_LIST } from '../../application/ports.ts';
import type { ReadOperations } from '../../application/read-operations.ts';
import type { RecordOperation } from '../../application/record-operation.ts';
import type { SummariseOperations } from '../../application/summarise-operations.ts';
import type { OperationErrorCode } from '../../domain/errors.ts';
import { csvOf } from './operation-csv.ts';
import {
  ExportParameters,
  FILTERS_DESCRIPTION,
  OPERATION_FILTERS,
  operationQuery,
} from './operation-filters.ts';
import {
  changeOf,
  contentOf,
  NewOperation,
  OPERATION_COLUMNS,
  Operation,
  OperationPatch,
  presentOperation,
} from './operation-representation.ts';
import { OperationSummary, SummaryParameters } from './summary-representation.ts';

const operationProblems = {
  'operations.not_found': 404,
  'operations.invalid_quantity': 422,
  'operations.invalid_date': 422,
  'operations.too_many_imports': 429,
  'operations.import_abandoned': 409,
} as const satisfies Record<OperationErrorCode, number>;

const CONTENT_PROBLEMS = ['operations.invalid_quantity', 'operations.invalid_date'] as const;

export interface OperationUseCases {
  readonly record: RecordOperation;
  readonly change: ChangeOperation;
  readonly remove: DeleteOperation;
  readonly read: ReadOperations;
  readonly summarise: SummariseOperations;
  readonly exportAll: ExportOperations;
}

const endpoint = endpointsThrowing<OperationErrorCode>();

export function operationApi(
  { record, change, remove, read, summarise, exportAll }: OperationUseCases,
  others: readonly Endpoint<OperationErrorCode>[],
): Api {
  return {
    name: 'operations',
    description: "Everybody's own journal of trade operations; nobody sees another's.",
    problems: operationProblems,
    endpoints: [
      endpoint({
        name: 'listOperations',
        method: 'GET',
        path: '/operations',
        summary: 'Lists your operations',
        description: `Newest first. ${FILTERS_DESCRIPTION}`,
        scope: 'operations',
        query: listQuery(OPERATION_LIST, OPERATION_FILTERS, { keyset: true }),
        returns: { 200: pageOf(Operation, 'PageOfOperations', { keyset: true }) },
        problems: [],
        cache: 'private',
        madeOf: [{ own: 'operations' }, { own: 'operation_imports' }],
        async handle({ query, url, principal }) {
          const asked = operationQuery(query);
          return pageReply(await read.list(asked, principal), presentOperation, asked, url);
        },
      }),
      endpoint({
        name: 'summariseOperations',
        method: 'GET',
        path: '/operations/summary',
        summary: 'Sums up your operations',
        description: `By type, instrument type, or the month of their date in UTC. ${FILTERS_DESCRIPTION} Sums are exact. There are at most ${MAX_GROUPS} groups: the first by their keys, that without a key at the end.`,
        scope: 'operations',
        query: SummaryParameters,
        returns: { 200: OperationSummary },
        problems: [],
        cache: 'private',
        madeOf: [{ own: 'operations' }, { own: 'operation_imports' }],
        async handle({ query: { group_by: groupBy, ...filters }, principal }) {
          const { where = {} } = operationQuery(filters);
          const groups = await summarise.execute({ groupBy, where }, principal);
          return ok({ group_by: groupBy, results: groups });
        },
      }),
      endpoint({
        name: 'exportOperations',
        method: 'GET',
        path: '/operations.csv',
        summary: 'Gives you your operations as a file',
        description: `CSV (RFC 4180) with a header, in the order of the list. ${FILTERS_DESCRIPTION} A text that a spreadsheet would take for a formula has a single quote before it. What breaks off in the middle is not whole.`,
        scope: 'operations',
        query: ExportParameters,
        returns: { 200: Type.String({ examples: [`${OPERATION_COLUMNS}\r\n`] }) },
        streams: 'text/csv',
        problems: [],
        cache: 'private',
        async handle({ query, principal }) {
          const headers = { 'Content-Disposition': 'attachment; filename="operations.csv"' };
          return { status: 200, stream: csvOf(exportAll.execute(operationQuery(query), principal)), headers };
        },
      }),
      endpoint({
        name: 'recordOperation',
        method: 'POST',
        path: '/operations',
        summary: 'Writes an operation into your journal',
        description:
          'The quantity may be negative or zero, as corrections are. A day is its first moment in UTC.',
        scope: 'operations',
        body: NewOperation,
        returns: { 201: Operation },
        problems: CONTENT_PROBLEMS,
        cache: 'private',
        async handle({ body, principal }) {
          const operation = await record.execute(contentOf(body), principal);
          return created(`/operations/${operation.id}`, presentOperation(operation));
        },
      }),
      endpoint({
        name: 'readOperation',
        method: 'GET',
        path: '/operations/:id',
        summary: 'Shows one of your operations',
        scope: 'operations',
        params: IdParams,
        returns: { 200: Operation },
        problems: ['operations.not_found'],
        cache: 'private',
        async handle({ params, principal }) {
          const operation = await read.one(params.id, principal);
          return ok(presentOperation(operation), operation.version);
        },
      }),
      endpoint({
        name: 'replaceOperation',
        method: 'PUT',
        path: '/operations/:id',
        summary: 'Replaces one of your operations',
        description: 'What is left out is taken away.',
        scope: 'operations',
        params: IdParams,
        body: NewOperation,
        returns: { 200: Operation },
        problems: ['operations.not_found', ...CONTENT_PROBLEMS],
        cache: 'private',
        async handle({ params, body, expectedVersion, principal }) {
          const command = { operationId: params.id, content: contentOf(body), expectedVersion };
          return ok(presentOperation(await change.execute(command, principal)));
        },
      }),
      endpoint({
        name: 'changeOperation',
        method: 'PATCH',
        path: '/operations/:id',
        summary: 'Changes parts of one of your operations',
        description: 'A JSON merge patch (RFC 7396).',
        scope: 'operations',
        params: IdParams,
        body: OperationPatch,
        returns: { 200: Operation },
        problems: ['operations.not_found', ...CONTENT_PROBLEMS],
        cache: 'private',
        async handle({ params, body, expectedVersion, principal }) {
          const command = { operationId: params.id, content: changeOf(body), expectedVersion };
          return ok(presentOperation(await change.execute(command, principal)));
        },
      }),
      endpoint({
        name: 'deleteOperation',
        method: 'DELETE',
        path: '/operations/:id',
        summary: 'Takes an operation out of your journal',
        scope: 'operations',
        params: IdParams,
        returns: { 204: null },
        problems: ['operations.not_found'],
        cache: 'private',
        async handle({ params, expectedVersion, principal }) {
          await remove.execute({ operationId: params.id, expectedVersion }, principal);
          return noContent();
        },
      }),
      ...others,
    ],
  };
}
