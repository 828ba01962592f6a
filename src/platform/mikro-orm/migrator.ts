import type { MikroORM } from '@mikro-orm/core';
import { Migration, Migrator } from '@mikro-orm/migrations';
import { MIGRATIONS_TABLE, type SchemaStep } from './schema-step.ts';
import type { Dialect } from './statements.ts';

/** MikroORM's migrator over the steps of all contexts. Each step is one transaction. */
export function createMigrator(orm: MikroORM, dialect: Dialect, steps: readonly SchemaStep[]): Migrator {
  orm.config.set('migrations', {
    ...orm.config.get('migrations'),
    tableName: MIGRATIONS_TABLE,
    snapshot: false,
    silent: true,
    migrationsList: steps.map(step => ({ name: step.name, class: asMigration(step, dialect) })),
  });
  return new Migrator(orm.em as never);
}

function asMigration(step: SchemaStep, dialect: Dialect) {
  return class extends Migration {
    override async up(): Promise<void> {
      for (const statement of step.up[dialect]) await this.execute(statement);
      await step.fill?.((sql, values = []) => this.execute(sql, [...values]));
    }

    override down(): void {
      for (const statement of step.down[dialect]) this.addSql(statement);
    }
  };
}
