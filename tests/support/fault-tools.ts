/** The programs and libraries of the machine that faults are made with. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

export function isProgramThere(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
}

/** The library that shifts a process's clock, of the kind for programs with threads; undefined when it is not there. */
export function findFaketime(): string | undefined {
  return globSync('/usr/lib/{*/,}faketime/libfaketimeMT.so.1')[0];
}
