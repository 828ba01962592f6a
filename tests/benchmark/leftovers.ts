import { type ChildProcess, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What would be left behind, undone when this process exits in whatever way; the latest first. */
const undoings = new Set<() => void>();

process.on('exit', () => {
  for (const undo of [...undoings].reverse()) undo();
});

/** Ends this process's child, by its id, if it is still there when this process exits. */
export function killAtExit(child: ChildProcess): void {
  const kill = () => void child.kill('SIGKILL');
  undoings.add(kill);
  child.once('exit', () => undoings.delete(kill));
}

export interface TemporaryDirectory {
  readonly path: string;
  remove(): void;
}

export function temporaryDirectory(): TemporaryDirectory {
  const path = mkdtempSync(join(tmpdir(), 'atrium-benchmark-'));
  const remove = () => {
    undoings.delete(remove);
    rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  };
  undoings.add(remove);
  return { path, remove };
}

/** Whether a command can be run here. */
export function works(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
