import { expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { MissingScope } from '../../src/kernel/errors.ts';
import { RequestVerification } from '../../src/modules/identity/application/request-verification.ts';
import { testApplication } from '../support/application.ts';
import { principal, storedUser, without } from '../support/people.ts';

it('nobody asks for another verification without the scope, by whatever door', async () => {
  const application = await testApplication();
  const { id } = await storedUser(application);
  const request = new RequestVerification(application.get(tokens.identityStorage).work);
  await expect(request.execute(principal(id, without('profile')))).rejects.toThrow(MissingScope);
  await expect(request.execute(principal(id, ['profile']))).resolves.toBeUndefined();
});
