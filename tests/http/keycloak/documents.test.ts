import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Answer, RequestOptions, TestServer } from '../../support/client.ts';
import { cookieHeader } from '../../support/cookies.ts';
import { endpointsOf, UNKNOWN_ID } from '../../support/endpoints.ts';
import { CLIENT, TestIssuer } from '../../support/issuer.ts';
import { keycloakServer } from '../../support/keycloak-server.ts';
import { OpenApiContract, type OpenApiDocument } from '../../support/open-api-contract.ts';

const LOGIN = '/auth/oidc/login';
const CALLBACK = '/auth/oidc/callback';
const BEHIND = '/auth/oidc/backchannel-logout';

/** Those that are there with Keycloak only, or answer otherwise. */
const OWN = ['beginSignIn', 'finishSignIn', 'logOut', 'logOutBehind'];

describe('the OpenAPI document with Keycloak', () => {
  let issuer: TestIssuer;
  let server: TestServer;
  let contract: OpenApiContract;
  let document: OpenApiDocument;
  beforeAll(async () => {
    issuer = await TestIssuer.start();
    server = await keycloakServer(issuer);
    ({ body: document } = await server.request('GET', '//openapi.json'));
    contract = new OpenApiContract(document);
  });
  afterAll(async () => {
    await server.stop();
    await issuer.stop();
  });
  beforeEach(() => {
    issuer.comeBack();
    issuer.granting = async () => ({ status: 400, body: { error: 'invalid_grant' } });
  });

  const operationOf = (operationId: string) => {
    const found = contract.operations().find(({ operation }) => operation.operationId === operationId);
    if (!found) throw new Error(`${operationId} is not documented.`);
    return found;
  };

  /** Checks that an answer has this status, and is as its operation documents that. */
  function expectDocumented(operationId: string, status: number, answer: Answer): void {
    expect({ status: answer.status, body: answer.body }).toMatchObject({ status });
    expect(contract.breachesOf(operationId, answer)).toEqual([]);
  }

  /** What comes of the query with which a browser comes back that has begun to sign in. */
  async function comeBack(
    query: Readonly<Record<string, string>>,
    { sid = 'one', seconds = 300 } = {},
  ): Promise<Answer> {
    const begun = await server.request('GET', LOGIN);
    const sent = new URL(begun.headers.get('location') ?? '').searchParams;
    const id = { aud: CLIENT, typ: 'ID', sub: sid, nonce: sent.get('nonce') };
    issuer.granting = async form => ({
      status: form.get('code') === 'good' ? 200 : 400,
      body: {
        ...(form.get('code') !== 'good' && { error: 'invalid_grant' }),
        access_token: await issuer.accessToken({
          sid,
          sub: sid,
          exp: Math.floor(Date.now() / 1000) + seconds,
        }),
        id_token: await issuer.accessToken(id),
        refresh_token: 'refresh',
        token_type: 'Bearer',
        expires_in: 300,
      },
    });
    const parameters = new URLSearchParams({ state: sent.get('state') ?? '', ...query });
    const headers = { cookie: cookieHeader(begun) };
    return server.request('GET', `${CALLBACK}?${parameters}`, { headers });
  }

  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document) as never);
    expect(errors ?? []).toEqual([]);
    expect([valid, validator.version]).toEqual([true, '3.1']);
  });

  it('has every endpoint that is served, each under its own name, and those of Keycloak among them', () => {
    const documented = contract
      .operations()
      .map(({ method, path, operation }) => `${operation.operationId} ${method.toUpperCase()} ${path}`);
    const served = endpointsOf(server.application).map(
      ({ name, method, path, atRoot }) =>
        `${name} ${method} ${atRoot ? '' : '/api/v1'}${path.replace(/:(\w+)/g, '{$1}')}`,
    );
    expect(documented.sort()).toEqual(served.sort());
    const names = documented.map(line => line.split(' ')[0]);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(OWN));
  });

  it('refers to nothing that is not in it, and has nothing that nothing refers to', () => {
    const references = new Set(JSON.stringify(document).match(/#\/components\/schemas\/[\w.-]+/g));
    const schemas = Object.keys(document.components.schemas).map(name => `#/components/schemas/${name}`);
    expect([...references].sort()).toEqual(schemas.sort());
  });

  it('documents what people do at Keycloak as what is not found here', () => {
    for (const operationId of ['registerUser', 'issueTokens', 'logIn', 'changeOwnPassword']) {
      const { operation } = operationOf(operationId);
      expect(Object.keys(operation.responses)).toContain('404');
      expect(operation.responses['404']?.description).toContain('identity.managed_by_keycloak');
      expect(Object.keys(operation.responses).filter(status => /^2/.test(status))).toEqual([]);
      expect(operation.requestBody).toBeUndefined();
    }
  });

  it('says of every answer of the own endpoints which there are', () => {
    const statuses = (operationId: string) =>
      Object.keys(operationOf(operationId).operation.responses).filter(status => status !== 'default');
    expect(statuses('beginSignIn')).toEqual(expect.arrayContaining(['302', '422', '503']));
    expect(statuses('finishSignIn')).toEqual(expect.arrayContaining(['302', '400', '503']));
    expect(statuses('logOut')).toEqual(expect.arrayContaining(['200', '403', '503']));
    expect(statuses('logOutBehind')).toEqual(expect.arrayContaining(['200', '400', '503']));
  });

  it('describes what sends a browser away to sign in', async () => {
    expectDocumented('beginSignIn', 302, await server.request('GET', LOGIN));
    expectDocumented('beginSignIn', 302, await server.request('GET', `${LOGIN}?return_to=/tasks`));
    expectDocumented('beginSignIn', 422, await server.request('GET', `${LOGIN}?return_to=//evil.example`));
    const headers = { accept: '*/*;q=0' };
    expectDocumented('beginSignIn', 406, await server.request('GET', LOGIN, { headers }));
  });

  it('describes what takes a browser back, and what refuses it', async () => {
    const signedIn = await comeBack(
      { code: 'good', session_state: 'any', iss: issuer.url },
      { sid: 'leaver' },
    );
    expectDocumented('finishSignIn', 302, signedIn);
    expectDocumented('finishSignIn', 400, await comeBack({ code: 'used' }));
    expectDocumented('finishSignIn', 400, await comeBack({ code: 'good', state: 'another' }));
    expectDocumented('finishSignIn', 400, await comeBack({ error: 'access_denied' }));
    expectDocumented('finishSignIn', 400, await server.request('GET', CALLBACK));
    const admin = await issuer.accessToken({ sub: 'root', sid: 'root', realm_access: { roles: ['admin'] } });
    const headers = { cookie: cookieHeader(signedIn) };
    const { id } = (await server.request('GET', '/users/me', { headers })).body;
    const change = { token: admin, body: { is_active: false } };
    expect((await server.request('PATCH', `/users/${id}`, change)).status).toBe(200);
    const inactive = await comeBack({ code: 'good' }, { sid: 'leaver' });
    expect(inactive.body).toMatchObject({ code: 'identity.inactive' });
    expectDocumented('finishSignIn', 400, inactive);
  });

  it('describes what signs a browser out', async () => {
    const logOut = (headers: Record<string, string> = {}) =>
      server.request('POST', '/auth/logout', { headers });
    const cookie = 'atrium_access=ats_nonsense';
    for (const headers of [
      {},
      { cookie },
      { cookie: 'atrium_access=nonsense' },
      { authorization: 'Basic a' },
    ])
      expectDocumented('logOut', 200, await logOut(headers));
    expectDocumented('logOut', 403, await logOut({ cookie, 'sec-fetch-site': 'cross-site' }));
    expectDocumented('logOut', 406, await logOut({ accept: 'text/html' }));
  });

  it('describes what is answered to Keycloak when it says that somebody has signed out', async () => {
    const tell = (options: RequestOptions) => server.request('POST', BEHIND, options);
    const token = await issuer.logoutToken();
    expectDocumented('logOutBehind', 200, await tell({ form: { logout_token: token } }));
    for (const bad of [token, 'nonsense', await issuer.logoutToken({ aud: 'another' })]) {
      const refused = await tell({ form: { logout_token: bad } });
      expectDocumented('logOutBehind', 400, refused);
      expect(refused.headers.get('content-type')).toMatch(/^application\/json/);
      expect(refused.body).toMatchObject({ error: 'invalid_request', error_description: expect.any(String) });
    }
    expectDocumented('logOutBehind', 400, await tell({ form: {} }));
    expectDocumented('logOutBehind', 400, await tell({ form: { logout_token: '' } }));
    expectDocumented('logOutBehind', 415, await tell({ body: { logout_token: token } }));
  });

  it('describes that Keycloak may be away', async () => {
    const cookie = cookieHeader(await comeBack({ code: 'good' }, { seconds: -10 }));
    const begun = await server.request('GET', LOGIN);
    const { searchParams } = new URL(begun.headers.get('location') ?? '');
    const query = new URLSearchParams({ code: 'good', state: searchParams.get('state') ?? '' });
    const finish = () =>
      server.request('GET', `${CALLBACK}?${query}`, { headers: { cookie: cookieHeader(begun) } });
    const renew = () => server.request('GET', '/users/me', { headers: { cookie } });
    issuer.goAway();
    expectDocumented('finishSignIn', 503, await finish());
    expectDocumented('readOwnProfile', 503, await renew());
    issuer.comeBack();
    issuer.granting = async () => ({ status: 502, body: { error: 'A proxy says that nobody is there.' } });
    expectDocumented('finishSignIn', 503, await finish());
    expectDocumented('readOwnProfile', 503, await renew());
    issuer.granting = async () => ({ status: 400, body: { error: 'invalid_grant' } });
    expectDocumented('readOwnProfile', 401, await renew());
  });

  it('describes what is done at Keycloak', async () => {
    // Of people, roles alone are given there.
    const managed = endpointsOf(server.application).filter(
      ({ name }) =>
        name !== 'changeUser' &&
        operationOf(name).operation.responses['404']?.description.includes('identity.managed_by_keycloak'),
    );
    expect(managed.length).toBeGreaterThan(15);
    const token = await issuer.accessToken({ sid: 'another', sub: 'another' });
    for (const { name, method, path, atRoot } of managed) {
      const place = path.replace(/:\w+/g, UNKNOWN_ID);
      expectDocumented(name, 404, await server.request(method, `${atRoot ? '/' : ''}${place}`, { token }));
    }
  });
});
