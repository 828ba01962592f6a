import Type from 'typebox';
import { SCOPES } from '../../../../kernel/principal.ts';
import { API_ROOT, type Endpoint, ok } from '../../../../platform/http/endpoint.ts';
import type { PublishedKey } from '../../application/ports.ts';
import { endpoint } from './identity-problems.ts';

export interface Discovery {
  readonly issuer: string;
  readonly publicKeys: () => Promise<readonly PublishedKey[]>;
}

const url = (path: string, description: string) =>
  Type.String({ description, examples: [`https://atrium.example.org${path}`] });
const texts = (...example: readonly string[]) => Type.Array(Type.String(), { examples: [example] });

const ServerMetadata = Type.Object(
  {
    issuer: Type.String({ examples: ['https://atrium.example.org'] }),
    token_endpoint: url(`${API_ROOT}/auth/token`, 'RFC 6749'),
    revocation_endpoint: url(`${API_ROOT}/auth/revoke`, 'RFC 7009'),
    introspection_endpoint: url(`${API_ROOT}/auth/introspect`, 'RFC 7662'),
    scopes_supported: texts(...SCOPES),
    response_types_supported: texts(),
    grant_types_supported: texts('password', 'refresh_token'),
    token_endpoint_auth_methods_supported: texts('none'),
    revocation_endpoint_auth_methods_supported: texts('none'),
    service_documentation: url('/docs', 'For people'),
  },
  { title: 'ServerMetadata', additionalProperties: false },
);

const PublicKeys = Type.Object(
  {
    keys: Type.Array(
      Type.Object(
        {
          kid: Type.String({
            description: 'As the footers of tokens name it',
            examples: ['019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47'],
          }),
          paserk: Type.String({ examples: ['k4.public.Qp5z…'] }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { title: 'PublicKeys', additionalProperties: false },
);

export function discoveryEndpoints({ issuer, publicKeys }: Discovery): readonly Endpoint[] {
  return [
    endpoint({
      name: 'readServerMetadata',
      method: 'GET',
      path: '/.well-known/oauth-authorization-server',
      atRoot: true,
      summary: 'Says where clients find what',
      description: 'RFC 8414.',
      returns: { 200: ServerMetadata },
      problems: [],
      cache: 'public',
      async handle() {
        return ok({
          issuer,
          token_endpoint: `${issuer}${API_ROOT}/auth/token`,
          revocation_endpoint: `${issuer}${API_ROOT}/auth/revoke`,
          introspection_endpoint: `${issuer}${API_ROOT}/auth/introspect`,
          scopes_supported: SCOPES,
          response_types_supported: [],
          grant_types_supported: ['password', 'refresh_token'],
          token_endpoint_auth_methods_supported: ['none'],
          revocation_endpoint_auth_methods_supported: ['none'],
          service_documentation: `${issuer}/docs`,
        });
      },
    }),
    endpoint({
      name: 'readPublicKeys',
      method: 'GET',
      path: '/.well-known/paserks.json',
      atRoot: true,
      summary: 'Shows the public keys that access tokens are verified with',
      description:
        'As PASERK (`k4.public`), the newest first. A key stays until the last token that it signed has ended. There are none where access tokens are random (a setting): such a token is introspected.',
      returns: { 200: PublicKeys },
      problems: [],
      cache: 'public',
      async handle() {
        const keys = await publicKeys();
        return ok({ keys: keys.map(({ id, publicKey }) => ({ kid: id, paserk: publicKey })) });
      },
    }),
  ];
}
