import Type from 'typebox';
import {
  accepted,
  type Endpoint,
  endpointsThrowing,
  ok,
  type Reply,
} from '../../../../platform/http/endpoint.ts';
import { Job, presentJob } from '../../../../platform/http/job-representation.ts';
import type { ImportLimits } from '../../application/import-limits.ts';
import type { ImportOperations, ImportOutcome } from '../../application/import-operations.ts';
import type { OperationErrorCode } from '../../domain/errors.ts';
import { operationLines } from './operation-lines.ts';

const Imported = Type.Object(
  { imported: Type.Integer({ minimum: 0, description: 'Lines', examples: [2] }) },
  { title: 'ImportedOperations', additionalProperties: false },
);

const DESCRIPTION = `CSV (RFC 4180) in UTF-8, whose first line names the columns in any order: \`quantity\`, \`date\` and \`type\`, and
if you like \`figi\` and \`instrument_type\`; the other columns of an export are passed over. Each line is an operation as
it is recorded.

All lines appear at the same moment, or none: where anything is wrong, every line that is wrong is told (\`/lines/17/quantity\`;
the first line is 1), at most 100 of them. Up to 10,000 lines are there with the answer 200; more are written by a job, which
the answer 202 shows.`;

const EXAMPLE = `quantity,figi,instrument_type,date,type
1.50,BBG000B9XRY4,share,2026-01-31T10:00:00.000Z,buy
-2,,,2026-02-01,sell
`;

export interface ImportEndpointOptions {
  /** Bytes. */
  readonly limit: number;
  readonly limits: ImportLimits;
}

const endpoint = endpointsThrowing<OperationErrorCode>();

export function importEndpoint(
  importOperations: ImportOperations,
  { limit, limits }: ImportEndpointOptions,
): Endpoint<OperationErrorCode> {
  return endpoint({
    name: 'importOperations',
    method: 'POST',
    path: '/operations/import',
    summary: 'Writes the lines of a file into your journal',
    description: DESCRIPTION,
    scope: 'operations',
    bodyStream: { mediaType: 'text/csv', limit, example: EXAMPLE },
    returns: { 200: Imported, 202: Job },
    problems: ['operations.too_many_imports', 'operations.import_abandoned'],
    cache: 'private',
    handle: ({ body, principal, once }) =>
      importOperations.execute(operationLines(body, limits), principal, finish =>
        once(async () => replyOf(await finish())),
      ),
  });
}

function replyOf(outcome: ImportOutcome): Reply {
  if ('imported' in outcome) return ok({ imported: outcome.imported });
  return accepted(`/jobs/${outcome.job.id}`, presentJob(outcome.job));
}
