import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const FILE = resolve(import.meta.dirname, '../../docs/benchmarks.md');
const START = '<!-- bench:start -->';
const END = '<!-- bench:end -->';

/** Puts the tables between the markers of docs/benchmarks.md; what people wrote around them stays. */
export function writeReport(tables: string): void {
  const page = readFileSync(FILE, 'utf8');
  const [start, end] = [page.indexOf(START), page.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`${FILE} has lost its markers ${START} and ${END}.`);
  writeFileSync(FILE, `${page.slice(0, start)}${START}\n${tables}\n${page.slice(end)}`);
}
