import Type, { type TSchema } from 'typebox';
import { type Endpoint, noContent } from '../../../../platform/http/endpoint.ts';
import type { ExportedData } from '../../../../platform/http/exported-data.ts';
import { jsonText } from '../../../../platform/http/json-text.ts';
import { Timestamp } from '../../../../platform/http/schemas.ts';
import { timestamp } from '../../../../platform/http/timestamp.ts';
import type { DeleteOwnAccount } from '../../application/delete-own-account.ts';
import type { ExportOwnData, OwnData } from '../../application/export-own-data.ts';
import { endpoint } from './identity-problems.ts';
import { currentPassword, presentUser, User } from './identity-representation.ts';

export interface OwnDataUseCases {
  readonly exportData: ExportOwnData;
  readonly deleteAccount: DeleteOwnAccount;
}

const AccountDeletion = Type.Object(
  { current_password: Type.Optional(currentPassword) },
  { title: 'AccountDeletion', additionalProperties: false },
);

function exportOf(data: readonly ExportedData[]): TSchema {
  const parts = Object.fromEntries(data.map(({ name, record }) => [name, Type.Array(record)]));
  return Type.Object(
    { exported_at: Timestamp, account: User, ...parts },
    { title: 'Export', additionalProperties: false },
  );
}

function presentExport({ exportedAt, account, parts }: OwnData): AsyncIterable<string> {
  const pages = Object.fromEntries(parts.map(part => [part.name, part.pages]));
  return jsonText({ exported_at: timestamp(exportedAt), account: presentUser(account), ...pages });
}

export function ownDataEndpoints(
  { exportData, deleteAccount }: OwnDataUseCases,
  data: readonly ExportedData[],
): readonly Endpoint[] {
  return [
    endpoint({
      name: 'exportOwnData',
      method: 'GET',
      path: '/users/me/export',
      sensitive: true,
      summary: 'Gives you all that is kept of you',
      description:
        'Wants a sign-in of the last 10 minutes. It has no password, no token and nothing of anybody else. What breaks off in the middle is not whole.',
      scope: 'profile',
      returns: { 200: exportOf(data) },
      streams: 'application/json',
      problems: ['identity.sign_in_too_old', 'identity.personal_token_refused'],
      cache: 'no-store',
      async handle({ principal }) {
        const own = await exportData.execute(principal);
        const file = `atrium-export-${timestamp(own.exportedAt).slice(0, 10)}.json`;
        const headers = { 'Content-Disposition': `attachment; filename="${file}"` };
        return { status: 200, stream: presentExport(own), headers };
      },
    }),
    endpoint({
      name: 'deleteOwnAccount',
      method: 'DELETE',
      path: '/users/me',
      summary: 'Deletes your account, for good',
      description:
        'Wants the current password or a sign-in of the last 10 minutes; with the latter it needs no body. You are signed out everywhere at once. What you share with others stays, with no name on it; the rest is erased. The last administrator stays.',
      scope: 'profile',
      body: AccountDeletion,
      bodyOptional: true,
      returns: { 204: null },
      problems: [
        'identity.wrong_password',
        'identity.sign_in_too_old',
        'identity.too_many_attempts',
        'identity.personal_token_refused',
        'identity.last_administrator',
      ],
      cache: 'no-store',
      async handle({ body: { current_password: password }, expectedVersion, principal }) {
        await deleteAccount.execute({ currentPassword: password, expectedVersion }, principal);
        return noContent();
      },
    }),
  ];
}
