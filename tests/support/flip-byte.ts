/** Bit rot: one byte of a file turned over, as a disk does it without a word. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';

export function flipByte(path: string, at: number): void {
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, at);
  writeSync(file, Buffer.from([(byte[0] ?? 0) ^ 0xff]), 0, 1, at);
  closeSync(file);
}
