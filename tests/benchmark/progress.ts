import type { JournalFigures } from './measure-journal.ts';
import type { ScenarioResult } from './measure-scenario.ts';
import type { StartTimes } from './measure-starts.ts';
import type { StorageName } from './options.ts';

/** What is printed while the measuring goes on. */
export const progress = {
  storage: (name: StorageName) => console.log(`\n${name}`),

  log: (text: string) => console.log(`  ${text}`),

  starts: ({ first, later }: StartTimes) =>
    progress.log(`start: first ${Math.round(first)} ms, later ${Math.round(later)} ms`),

  memory: (idle: number | undefined, loaded: number | undefined) =>
    progress.log(`memory: idle ${amount(idle, 0)} MiB, after load ${amount(loaded, 0)} MiB`),

  identity: (authentication: number | undefined, sessions: number | undefined) =>
    progress.log(
      `authentication: ${amount(authentication, 1)} % more processor time; sessions: ${amount(sessions, 0)} MiB`,
    ),

  journal({ imported, besideImport, importMemory, exported, exportMemory }: JournalFigures): void {
    progress.log(
      `import: ${amount(imported, 0)} lines/s, p99 of others ${amount(besideImport, 0)} ms, ${amount(importMemory, 0)} MiB`,
    );
    progress.log(`export: ${amount(exported, 0)} lines/s, ${amount(exportMemory, 0)} MiB`);
  },

  scenario({ name, service, bare, ratio }: ScenarioResult): void {
    const failure =
      service.errors + bare.errors > 0 ? `  FAILED: ${service.errors + bare.errors} errors` : '';
    progress.log(
      [
        name.padEnd(16),
        `${amount(service.perSecond, 0).padStart(7)} req/s`,
        `p50 ${amount(service.p50, 1)} ms`,
        `p99 ${amount(service.p99, 1)} ms`,
        `cpu ${amount(service.cpuPerRequest, 3)} ms`,
        `bare Koa ${amount(bare.perSecond, 0)} req/s`,
        `${ratio.toFixed(0)} %${failure}`,
      ].join('  '),
    );
  },
};

/** A figure for people; one that this machine cannot tell is n/a. */
export function amount(value: number | undefined, digits: number): string {
  if (value === undefined) return 'n/a';
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
