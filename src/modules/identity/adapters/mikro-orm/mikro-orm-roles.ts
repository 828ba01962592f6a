import type { Transaction } from '../../../../platform/mikro-orm/transaction.ts';
import type { RoleRepository } from '../../application/ports.ts';
import type { Role } from '../../domain/role.ts';
import { RoleSchema } from './identity-schemas.ts';

export class MikroOrmRoleRepository implements RoleRepository {
  private readonly transaction: Transaction;

  constructor(transaction: Transaction) {
    this.transaction = transaction;
  }

  get(id: string): Promise<Role | undefined> {
    return this.transaction.find(RoleSchema, { id });
  }

  lock(id: string): Promise<Role | undefined> {
    return this.transaction.lock(RoleSchema, { id });
  }

  /** There are so few of them that they can be loaded. */
  async count(): Promise<number> {
    return (await this.transaction.findAll(RoleSchema, {}, { id: 'asc' })).length;
  }

  add(role: Role): Promise<void> {
    return this.transaction.add(role);
  }

  remove(role: Role): Promise<void> {
    return this.transaction.remove(role);
  }
}
