/** Checkpoints for whose sake a catalogue was thrown away and this one begun: local to this node, no part of the digest. */
import type { Database, Statement } from 'better-sqlite3';

export class DoubtTable {
  readonly #insert: Statement<[number]>;
  readonly #find: Statement<[number], { seq: number }>;

  constructor(database: Database) {
    this.#insert = database.prepare('INSERT OR IGNORE INTO doubts VALUES (?)');
    this.#find = database.prepare('SELECT seq FROM doubts WHERE seq = ?');
  }

  /** `seq`: of the checkpoint record. */
  add(seq: number): void {
    this.#insert.run(seq);
  }

  has(seq: number): boolean {
    return this.#find.get(seq) !== undefined;
  }
}
