import { readFileSync } from 'node:fs';

/** Linux counts processor time for its users in hundredths of a second, whatever the kernel's own clock. */
const MS_PER_TICK = 10;

/** Milliseconds of processor time that a process has used, all its threads but none of its children; else undefined. */
export function cpuMilliseconds(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The command's name, in brackets, may hold blanks; the state after it is field 3 of proc(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [userTime, systemTime] = [fields[11], fields[12]];
  return (Number(userTime) + Number(systemTime)) * MS_PER_TICK;
}

/** MiB of memory that a process holds now, else undefined. */
export function residentMebibytes(pid: number): number | undefined {
  const kibibytes = /^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) / 1024;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
