import type { ContainerModuleLoadOptions } from 'inversify';
import { accessTokenData, auditData, sessionData } from '../modules/identity/adapters/http/identity-data.ts';
import { ownDataEndpoints } from '../modules/identity/adapters/http/own-data-endpoints.ts';
import { peopleEndpoints } from '../modules/identity/adapters/http/people-endpoints.ts';
import { DeleteOwnAccount } from '../modules/identity/application/delete-own-account.ts';
import { EraseSessions } from '../modules/identity/application/erase-sessions.ts';
import { ExportOwnData } from '../modules/identity/application/export-own-data.ts';
import { ListPeople } from '../modules/identity/application/list-people.ts';
import { ProofOfIdentity } from '../modules/identity/application/proof-of-identity.ts';
import type { Endpoint } from '../platform/http/endpoint.ts';
import type { ExportedData } from '../platform/http/exported-data.ts';
import { bind, type Token, token } from './token.ts';
import { tokens } from './tokens.ts';

const endpoints = {
  people: token<readonly Endpoint[]>('PeopleEndpoints'),
  ownData: token<readonly Endpoint[]>('OwnDataEndpoints'),
};

const data = {
  sessions: token<ExportedData>('SessionData'),
  accessTokens: token<ExportedData>('AccessTokenData'),
  audit: token<ExportedData>('AuditData'),
};

export const personalEndpoints: readonly Token<readonly Endpoint[]>[] = Object.values(endpoints);

export const identityData: readonly Token<ExportedData>[] = Object.values(data);

export function bindIdentityPeople(options: ContainerModuleLoadOptions): void {
  bindData(options);
  bind(options, endpoints.people, ({ people }) => peopleEndpoints(new ListPeople(people)), [
    tokens.identityStorage,
  ]);
  bind(
    options,
    endpoints.ownData,
    ({ work, users }, all, hasher, throttle, clock) => {
      const exportData = new ExportOwnData(work, users, all, clock);
      const deleteAccount = new DeleteOwnAccount(work, new ProofOfIdentity(hasher, throttle, clock), clock);
      return ownDataEndpoints({ exportData, deleteAccount }, all);
    },
    [
      tokens.identityStorage,
      tokens.personalData,
      tokens.passwordHasher,
      tokens.credentialThrottle,
      tokens.clock,
    ],
  );
}

function bindData(options: ContainerModuleLoadOptions): void {
  bind(options, data.sessions, ({ work, sessions }) => sessionData(sessions, new EraseSessions(work)), [
    tokens.identityStorage,
  ]);
  bind(options, data.accessTokens, ({ accessTokens }) => accessTokenData(accessTokens), [
    tokens.identityStorage,
  ]);
  bind(options, data.audit, ({ audit }) => auditData(audit), [tokens.identityStorage]);
}
