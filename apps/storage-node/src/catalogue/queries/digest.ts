/**
 * One hash over all replicated tables: equal on every node at an equal applied seq. Rows are hashed in the order of their keys,
 * each as a JSON array with bytes in hex, one a line, after a line with the name of the table.
 */
import { createHash } from 'node:crypto';
import type { Sha256 } from '@netstore/shared-types';
import type { Database } from 'better-sqlite3';
import { REPLICATED_TABLES } from '../schema.ts';

/** Text that is gathered before it is hashed: one call for each row would cost more than the hashing. */
const BATCH_LENGTH = 64 * 1024;

/** Reads every row: this takes seconds for a hundred thousand files. */
export function digestOf(database: Database): Sha256 {
  const hash = createHash('sha256');
  let batch = '';
  for (const { name, columns, orderBy } of REPLICATED_TABLES) {
    batch += `${name}\n`;
    const rows = database.prepare<[], unknown[]>(`SELECT ${columns} FROM ${name} ORDER BY ${orderBy}`).raw().iterate();
    for (const row of rows) {
      batch += `${JSON.stringify(row.map(textOf))}\n`;
      if (batch.length < BATCH_LENGTH) continue;
      hash.update(batch);
      batch = '';
    }
  }
  return hash.update(batch).digest('hex') as Sha256;
}

function textOf(value: unknown): unknown {
  return Buffer.isBuffer(value) ? value.toString('hex') : value;
}
