/**
 * Whether something was made from the sources as they are now. What "as they are now" means is decided by a hash of their names and bytes, kept
 * inside of what was made; clocks and checkouts disagree too often about times.
 */
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const NOT_SOURCES = /\.test\.tsx?$/;

/** Hex SHA-256 over all files that the patterns name below the root. */
export function stampOf(root: string, patterns: readonly string[]): string {
  const hash = createHash('sha256');
  const files = globSync(patterns, { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile() && !NOT_SOURCES.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) {
    const content = readFileSync(file);
    hash.update(`${file.slice(root.length)} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

/** The stamp that was left there, or undefined. */
export function readStamp(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
