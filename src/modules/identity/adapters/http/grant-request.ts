import type { Static } from 'typebox';
import { RequestError } from '../../../../platform/http/problem.ts';
import { networkOf } from '../../../../platform/network-of.ts';
import type { GrantRequest } from '../../application/ports.ts';
import { UnsupportedGrantType } from '../../domain/session-errors.ts';
import type { TokenRequest } from './token-representation.ts';

/** What a token request asks for (RFC 6749, sections 4.3.2 and 6). */
export function grantRequestOf(
  form: Static<typeof TokenRequest>,
  { address, deviceTokens }: { readonly address: string; readonly deviceTokens: readonly string[] },
): GrantRequest {
  const scopes = form.scope?.split(' ').filter(scope => scope !== '') ?? [];
  switch (form.grant_type) {
    case 'password': {
      const login = required('username', form.username);
      const password = required('password', form.password);
      return {
        type: 'password',
        login,
        password,
        scopes,
        device: { name: form.device_name ?? null, address },
        deviceTokens,
        network: networkOf(address),
      };
    }
    case 'refresh_token':
      return { type: 'refresh_token', refreshToken: required('refresh_token', form.refresh_token), scopes };
    default:
      throw new UnsupportedGrantType();
  }
}

function required(name: string, value: string | undefined): string {
  if (value !== undefined) return value;
  throw new RequestError('request.invalid', `"/${name}" is not valid: It is required.`, {
    errors: [{ pointer: `/${name}`, code: 'required', detail: 'It is required.' }],
  });
}
