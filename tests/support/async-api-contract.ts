import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import type { asyncApiDocument } from '../../src/platform/ws/async-api.ts';

export type AsyncApiDocument = ReturnType<typeof asyncApiDocument>;

const official = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json');

/** What is wrong with a document by the official schema of AsyncAPI 3.0.0. */
export function faultsOfDocument(document: unknown): string[] {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormatsModule.default(ajv);
  const validate = ajv.compile(official);
  validate(document);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** What a reference in the document leads to, through any references on its way. */
export function resolved(document: unknown, reference: string): unknown {
  const node = reference
    .replace('#/', '')
    .split('/')
    .reduce<unknown>((parent, key) => (parent as Record<string, unknown> | undefined)?.[key], document);
  const { $ref } = (node ?? {}) as { readonly $ref?: string };
  return $ref ? resolved(document, $ref) : node;
}

/** Every reference in the document. */
export function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    key === '$ref' && typeof part === 'string' ? [part] : referencesIn(part),
  );
}

/** What is wrong with a payload by the message's schema. */
export function faultsOfPayload(document: AsyncApiDocument, message: string, payload: unknown): string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormatsModule.default(ajv);
  ajv.addSchema({ $id: 'atrium:asyncapi', ...document } as object);
  const validate = ajv.compile({ $ref: `atrium:asyncapi#/components/messages/${message}/payload` });
  validate(payload);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
