import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const SIZE = '4m';
const BLOCK = Buffer.alloc(4096);

/** A file system of a few megabytes. */
export interface SmallDisk {
  readonly directory: string;
  /** Leaves not a block free. */
  fill(): void;
  /** Frees what `fill` took. */
  free(): void;
}

/** Undefined where this user may not mount. */
export function smallDisk(): SmallDisk | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'atrium-disk-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'atrium-test', directory], {
      stdio: 'ignore',
    });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync('umount', [directory]));
  const filler = join(directory, 'filler');
  return {
    directory,
    fill() {
      const file = openSync(filler, 'a');
      try {
        for (;;) writeSync(file, BLOCK);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(filler),
  };
}
