import Type, { type TSchema } from 'typebox';

/** Shapes that the endpoints of all contexts share. */

export const Uuid = Type.String({ format: 'uuid', examples: ['019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47'] });

/** RFC 3339, in UTC, with milliseconds. */
export const Timestamp = Type.String({ format: 'date-time', examples: ['2026-11-23T12:00:00.000Z'] });

export const IdParams = Type.Object({ id: Uuid });

export const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

const FieldErrorSchema = Type.Object({
  pointer: Type.String({ description: 'JSON pointer to the field (RFC 6901)', examples: ['/title'] }),
  code: Type.String({ examples: ['min_length'] }),
  detail: Type.String({ examples: ['It must not have fewer than 1 characters.'] }),
});

export const ProblemSchema = Type.Object(
  {
    type: Type.String({ examples: ['urn:atrium:problem:request.invalid'] }),
    title: Type.String({ examples: ['Unprocessable Entity'] }),
    status: Type.Integer({ examples: [422] }),
    detail: Type.String({ examples: ['"/title" is not valid: It must not have fewer than 1 characters.'] }),
    instance: Type.String({ description: 'The path that was asked for', examples: ['/api/v1/posts'] }),
    code: Type.String({ description: 'Stable; made for programs', examples: ['request.invalid'] }),
    request_id: Type.String({ examples: ['019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47'] }),
    errors: Type.Optional(Type.Array(FieldErrorSchema)),
  },
  { title: 'Problem', description: 'What went wrong (RFC 9457)', additionalProperties: false },
);
