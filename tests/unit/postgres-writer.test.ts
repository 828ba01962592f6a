import type { Pool } from 'pg';
import { describe, expect, it, vi } from 'vitest';
import { PostgresWriter } from '../../src/platform/mikro-orm/postgresql.ts';

const refused = new Error('No transaction was begun.');

/** A connection on which no transaction can be begun, though it answers everything else. */
function connectionThatRefuses() {
  const sent: string[] = [];
  const query = vi.fn(async (statement: string | { readonly text: string }) => {
    const text = typeof statement === 'string' ? statement : statement.text;
    sent.push(text);
    if (text === 'begin') throw refused;
    return { rows: [['read']], rowCount: 1 };
  });
  const release = vi.fn();
  const connect = async () => ({ query, release });
  return { sent, release, writer: new PostgresWriter({ connect } as unknown as Pool) };
}

describe('where PostgreSQL begins no transaction', () => {
  it.each(['run', 'orm'])('nothing is written, by %s', async way => {
    const { sent, release, writer } = connectionThatRefuses();
    const transaction = await writer.begin();
    expect(await transaction.rows('select 1', [])).toEqual([['read']]);
    const written =
      way === 'run'
        ? transaction.run('delete from users', [])
        : transaction.ormContext.executeQuery({ sql: 'delete from users' } as never);
    await expect(written).rejects.toBe(refused);
    await expect(transaction.commit()).rejects.toBe(refused);
    await transaction.rollback();
    expect(sent).toEqual(['begin', 'select 1', 'rollback']);
    expect(release).toHaveBeenCalledOnce();
  });
});
