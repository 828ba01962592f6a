import type { EntityManager, EventSubscriber, FlushEventArgs } from '@mikro-orm/core';
import { type RootOperationNode, TableNode } from 'kysely';
import type { ChangedRows } from '../cache/tags.ts';

/** Notes which rows are written: by the ORM, which tells what it found changed, or by a statement. */
export class ChangeRecorder implements EventSubscriber {
  private readonly followed = new WeakMap<EntityManager, ChangedRows>();

  follow(fork: EntityManager, changes: ChangedRows): void {
    this.followed.set(fork, changes);
  }

  onFlush({ em, uow }: FlushEventArgs): void {
    const changes = this.followed.get(em);
    for (const { meta, entity } of uow.getChangeSets()) changes?.add(meta.tableName, entity);
  }
}

/** The table that a statement writes to. */
export function writtenTable(node: RootOperationNode): string {
  const target =
    node.kind === 'InsertQueryNode'
      ? node.into
      : node.kind === 'UpdateQueryNode'
        ? node.table
        : node.kind === 'DeleteQueryNode'
          ? node.from.froms[0]
          : undefined;
  if (!target || !TableNode.is(target))
    throw new Error('This statement does not say which table it writes to.');
  return target.table.identifier.name;
}
