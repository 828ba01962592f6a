import Type from 'typebox';
import { SCOPES } from '../../../../kernel/principal.ts';
import { API_ROOT, type Endpoint, ok } from '../../../../platform/http/endpoint.ts';
import type { PublishedKey } from '../../application/ports.ts';
import { endpoint } from './identity-problems.ts';

export interface Discovery {
  readonly issuer: string;
  readonly publicKeys: () => Promise<readonly PublishedKey[]>;
}

const url = (description: string) => Type.String({ description });
const texts = Type.Array(Type.String());

const ServerMetadata = Type.Object(
  {
    issuer: Type.String({ examples: ['https://atrium.example.org'] }),
    token_endpoint: url('RFC 6749'),
    revocation_endpoint: url('RFC 7009'),
    introspection_endpoint: url('RFC 7662'),
    scopes_supported: texts,
    response_types_supported: texts,
    grant_types_supported: texts,
    token_endpoint_auth_methods_supported: texts,
    revocation_endpoint_auth_methods_supported: texts,
    service_documentation: url('For people'),
  },
  { title: 'ServerMetadata', additionalProperties: false },
);

const PublicKeys = Type.Object(
  {
    keys: Type.Array(
      Type.Object(
        {
          kid: Type.String({ description: 'As the footers of tokens name it' }),
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
        'As PASERK (`k4.public`), the newest first. A key stays until the last token that it signed has ended.',
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
