/**
 * One hash over all replicated tables: equal on every node at an equal applied seq. Rows are hashed in the order of their keys,
 * each as a JSON array with bytes in hex, one a line, after a line with the name of the table.
 */
import { createHash } from 'node:crypto';
import type { Sha256 } from '@netstore/shared-types';
import type { Database } from 'better-sqlite3';
import { REPLICATED_TABLES } from '../schema.ts';

/** Reads every row: seconds for a million files. */
export function digestOf(database: Database): Sha256 {
  const hash = createHash('sha256');
  for (const { name, columns, orderBy } of REPLICATED_TABLES) {
    hash.update(`${name}\n`);
    const rows = database.prepare<[], unknown[]>(`SELECT ${columns} FROM ${name} ORDER BY ${orderBy}`).raw().iterate();
    for (const row of rows) hash.update(`${JSON.stringify(row.map(textOf))}\n`);
  }
  return hash.digest('hex') as Sha256;
}

function textOf(value: unknown): unknown {
  return Buffer.isBuffer(value) ? value.toString('hex') : value;
}
