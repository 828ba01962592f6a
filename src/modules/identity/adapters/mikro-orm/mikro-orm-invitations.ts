import { type Dialect, queryBuilder } from '../../../../platform/mikro-orm/statements.ts';
import type { Transaction } from '../../../../platform/mikro-orm/transaction.ts';
import type { InvitationRepository } from '../../application/ports.ts';
import type { Invitation } from '../../domain/invitation.ts';
import { InvitationSchema } from './identity-schemas.ts';

export class MikroOrmInvitationRepository implements InvitationRepository {
  private readonly transaction: Transaction;
  private readonly dialect: Dialect;

  constructor(transaction: Transaction, dialect: Dialect) {
    this.transaction = transaction;
    this.dialect = dialect;
  }

  get(id: string): Promise<Invitation | undefined> {
    return this.transaction.find(InvitationSchema, { id });
  }

  byTokenHash(tokenHash: string): Promise<Invitation | undefined> {
    return this.transaction.find(InvitationSchema, { tokenHash });
  }

  byEmailKey(emailKey: string): Promise<Invitation | undefined> {
    return this.transaction.find(InvitationSchema, { emailKey });
  }

  add(invitation: Invitation): Promise<void> {
    return this.transaction.add(invitation);
  }

  remove(invitation: Invitation): Promise<void> {
    return this.transaction.remove(invitation);
  }

  async removeExpired(now: Date): Promise<void> {
    await this.transaction.execute(this.deletion().where('expires_at', '<=', now));
  }

  async removeAllBy(userId: string): Promise<void> {
    await this.transaction.execute(this.deletion().where('invited_by', '=', userId));
  }

  private deletion() {
    return queryBuilder(this.dialect).deleteFrom('invitations');
  }
}
