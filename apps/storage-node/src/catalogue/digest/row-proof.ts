/**
 * Proves that the rows that stand in the tables are those that the running digest counts: reads them a few at a time, in the order of
 * their keys, while others change them. A change of a row that was read already is counted here as well, one further on will be read; so
 * at the end both sums are over the same rows, and no reading had to hold anybody up or to keep an old state of the file alive.
 */
import type { Database, Statement } from 'better-sqlite3';
import { REPLICATED_TABLES, type ReplicatedTable } from '../schema.ts';
import { type Cell, hashRow, type Row, type RowHash, RowSum } from './row-sum.ts';

/** Rows of one statement: between them the clock is looked at. */
const ROWS_AT_ONCE = 64;

interface Table {
  readonly name: ReplicatedTable;
  readonly keyLength: number;
  readonly first: Statement<[], Cell[]>;
  readonly after: Statement<Cell[], Cell[]>;
}

export class RowProof {
  readonly #tables: readonly Table[];
  readonly #sum = new RowSum();
  #table = 0;
  /** The last row read of the present table. */
  #last: Row | undefined;
  rows = 0;

  constructor(database: Database) {
    this.#tables = REPLICATED_TABLES.map((table) => prepare(database, table));
  }

  get isDone(): boolean {
    return this.#table >= this.#tables.length;
  }

  get sum(): Uint8Array {
    return this.#sum.bytes;
  }

  /** Reads on for about so long. */
  read(timeMs: number): void {
    const endMs = performance.now() + timeMs;
    while (!this.isDone && performance.now() < endMs) this.#readSome();
  }

  added(table: ReplicatedTable, row: Row, rowHash: RowHash): void {
    if (this.#isBehind(table, row)) this.#sum.add(rowHash);
  }

  removed(table: ReplicatedTable, row: Row, rowHash: RowHash): void {
    if (this.#isBehind(table, row)) this.#sum.subtract(rowHash);
  }

  #readSome(): void {
    const table = this.#tables[this.#table];
    if (table === undefined) return;
    const rows = this.#last === undefined ? table.first.all() : table.after.all(...this.#last.slice(0, table.keyLength));
    for (const row of rows) this.#sum.add(hashRow(table.name, row));
    this.rows += rows.length;
    this.#last = rows.at(-1);
    if (rows.length < ROWS_AT_ONCE) {
      this.#table += 1;
      this.#last = undefined;
    }
  }

  #isBehind(name: ReplicatedTable, row: Row): boolean {
    const index = this.#tables.findIndex((table) => table.name === name);
    if (index !== this.#table) return index < this.#table;
    return this.#last !== undefined && compareKeys(row, this.#last, this.#tables[index]?.keyLength ?? 0) <= 0;
  }
}

function prepare(database: Database, { name, columns, key }: (typeof REPLICATED_TABLES)[number]): Table {
  const select = `SELECT ${columns} FROM ${name}`;
  const order = `ORDER BY ${key.join(', ')} LIMIT ${ROWS_AT_ONCE}`;
  return {
    name,
    keyLength: key.length,
    first: database.prepare<[], Cell[]>(`${select} ${order}`).raw(),
    after: database.prepare<Cell[], Cell[]>(`${select} WHERE (${key.join(', ')}) > (${key.map(() => '?').join(', ')}) ${order}`).raw(),
  };
}

/** As SQLite orders integers and blobs. */
function compareKeys(one: Row, other: Row, length: number): number {
  for (let index = 0; index < length; index += 1) {
    const a = one[index] as number | Uint8Array;
    const b = other[index] as number | Uint8Array;
    const order = typeof a === 'number' ? a - (b as number) : Buffer.compare(a, b as Uint8Array);
    if (order !== 0) return order;
  }
  return 0;
}
