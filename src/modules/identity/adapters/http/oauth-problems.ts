import { STATUS_CODES } from 'node:http';
import Type from 'typebox';
import type { ProblemFormat } from '../../../../platform/http/endpoint.ts';
import { ProblemSchema } from '../../../../platform/http/schemas.ts';

/** RFC 6749, section 5.2, and RFC 6750, section 3.1. What is not listed keeps its status as an `invalid_request`. */
const OAUTH_ERRORS: Readonly<Record<string, string>> = {
  'identity.invalid_grant': 'invalid_grant',
  'identity.invalid_scope': 'invalid_scope',
  'identity.unsupported_grant_type': 'unsupported_grant_type',
  'identity.too_many_attempts': 'temporarily_unavailable',
  'request.too_many': 'temporarily_unavailable',
  'identity.invalid_token': 'invalid_token',
  'access.insufficient_scope': 'insufficient_scope',
};

/** Errors as RFC 6749 says, with the problem's members beside them in the same object. */
export const oauthProblems: ProblemFormat = {
  contentType: 'application/json',
  schema: Type.Object(
    {
      error: Type.String({ description: 'RFC 6749, section 5.2', examples: ['invalid_grant'] }),
      error_description: Type.String({ examples: ['Incorrect email or password'] }),
      ...ProblemSchema.properties,
    },
    { title: 'OAuthError', additionalProperties: false },
  ),
  render(problem) {
    const status = problem.status === 422 ? 400 : problem.status;
    const error = OAUTH_ERRORS[problem.code] ?? serverError(status) ?? 'invalid_request';
    const title = STATUS_CODES[status];
    const description = describable(String(problem.detail));
    return { status, body: { error, error_description: description, ...problem, status, title } };
  },
};

/** RFC 6749, section 5.2: printable ASCII without double quotes and backslashes. */
function describable(detail: string): string {
  return detail.replaceAll('"', "'").replaceAll(/[^\x20-\x7e]|\\/g, '?');
}

function serverError(status: number): string | undefined {
  if (status === 503) return 'temporarily_unavailable';
  return status >= 500 ? 'server_error' : undefined;
}
