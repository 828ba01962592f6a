import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import type { Answer } from './client.ts';

export interface MediaType {
  readonly schema: unknown;
}

export interface DocumentedResponse {
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, MediaType>>;
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly requestBody?: { readonly content: Readonly<Record<string, MediaType>> };
  readonly responses: Readonly<Record<string, DocumentedResponse>>;
}

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly tags: readonly { readonly name: string }[];
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

const ROOT = 'atrium:openapi';

/** Holds answers against an OpenAPI document, with a validator that the server does not use itself. */
export class OpenApiContract {
  readonly document: OpenApiDocument;
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });

  constructor(document: OpenApiDocument) {
    this.document = document;
    addFormatsModule.default(this.ajv);
    this.ajv.addSchema({ $id: ROOT, ...document } as object);
  }

  operations(): readonly { readonly method: string; readonly path: string; readonly operation: Operation }[] {
    return Object.entries(this.document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({ method, path, operation })),
    );
  }

  /** What is wrong with a value by the schema at this place of the document. */
  faultsOf(value: unknown, ...place: readonly string[]): string[] {
    const pointer = place.map(key => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1')));
    const validate = this.ajv.compile({ $ref: `${ROOT}#/${pointer.join('/')}` });
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  }

  /** What of an answer is not as its operation documents it. */
  breachesOf(operationId: string, answer: Answer): string[] {
    const found = this.operations().find(({ operation }) => operation.operationId === operationId);
    if (!found) return [`${operationId} is not documented`];
    const { method, path, operation } = found;
    const status = String(answer.status);
    const documented = operation.responses[status];
    if (!documented) return [`${status} is not documented: ${answer.body?.code}`];
    const breaches = Object.keys(documented.headers ?? {})
      .filter(name => !answer.headers.has(name))
      .map(name => `${status} has no ${name}`);
    const [contentType = ''] = (answer.headers.get('content-type') ?? '').split(';');
    if (!documented.content)
      return answer.body === undefined ? breaches : [...breaches, `${status} has a body of ${contentType}`];
    if (!documented.content[contentType]) return [...breaches, `${status} is "${contentType}"`];
    const code = answer.status >= 400 ? `\`${answer.body.code}\`` : '';
    if (!documented.description.includes(code)) breaches.push(`${status} does not document ${code}`);
    const faults = this.faultsOf(
      answer.body,
      'paths',
      path,
      method,
      'responses',
      status,
      'content',
      contentType,
      'schema',
    );
    return [...breaches, ...faults.map(fault => `${status} body: ${fault}`)];
  }
}
