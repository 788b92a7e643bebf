/** Resident memory of a process, by Linux's own count; undefined elsewhere. */
import { readFileSync } from 'node:fs';

export const COUNTED_MEMORY = 'count of the memory of processes (/proc)';

/** For tests that would see no growth where nobody counts. */
export const isMemoryCounted = residentBytes(process.pid) !== undefined;

export function residentBytes(pid: number): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

const SAMPLE_INTERVAL_MS = 100;

/** The highest resident memory of each process while `work` ran, less what it was before. */
export async function memoryGrowth<Name extends string>(
  pids: Readonly<Record<Name, number>>,
  work: () => Promise<void>,
): Promise<Record<Name, number>> {
  const names = Object.keys(pids) as Name[];
  const before = new Map(names.map((name) => [name, bytesNow(name, pids[name])]));
  const highest = new Map(before);
  const sample = (): void => {
    for (const name of names) highest.set(name, Math.max(highest.get(name) ?? 0, residentBytes(pids[name]) ?? 0));
  };
  const timer = setInterval(sample, SAMPLE_INTERVAL_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
    sample();
  }
  return Object.fromEntries(names.map((name) => [name, (highest.get(name) ?? 0) - (before.get(name) ?? 0)])) as Record<Name, number>;
}

function bytesNow(name: string, pid: number): number {
  const bytes = residentBytes(pid);
  if (bytes === undefined) throw new Error(`The memory of ${name} (process ${pid}) cannot be read`);
  return bytes;
}
