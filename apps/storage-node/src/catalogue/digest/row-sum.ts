/**
 * A sum over rows: the same whatever the order in which they came and went, and changed by any row more, fewer or other. Each row is
 * hashed (SHA-256) with the name of its table; the hashes are added lane by lane, eight lanes of 32 bits.
 *
 * It tells apart what chance, rot and defects make. It is no proof against somebody who may choose rows at will: nobody may.
 */
import { hash } from 'node:crypto';

export type Cell = number | string | null | Uint8Array;
/** The cells of one row, in the order in which `REPLICATED_TABLES` names the columns. */
export type Row = readonly Cell[];

const LANES = 8;
const LANE_BYTES = 4;
const ROW_SUM_BYTES = LANES * LANE_BYTES;

export class RowSum {
  readonly #lanes = new Uint32Array(LANES);

  static from(bytes: Uint8Array): RowSum {
    const sum = new RowSum();
    sum.set(bytes);
    return sum;
  }

  set(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let lane = 0; lane < LANES; lane += 1) this.#lanes[lane] = view.getUint32(lane * LANE_BYTES);
  }

  get bytes(): Uint8Array {
    const bytes = Buffer.alloc(ROW_SUM_BYTES);
    this.write(bytes, 0);
    return new Uint8Array(bytes);
  }

  write(into: Buffer, at: number): void {
    for (let lane = 0; lane < LANES; lane += 1) into.writeUInt32BE(this.#lanes[lane] ?? 0, at + lane * LANE_BYTES);
  }

  add(rowHash: RowHash): void {
    for (let lane = 0; lane < LANES; lane += 1) this.#lanes[lane] = (this.#lanes[lane] ?? 0) + laneOf(rowHash, lane);
  }

  subtract(rowHash: RowHash): void {
    for (let lane = 0; lane < LANES; lane += 1) this.#lanes[lane] = (this.#lanes[lane] ?? 0) - laneOf(rowHash, lane);
  }
}

/** One character for each byte: the form in which Node gives a hash fastest. */
export type RowHash = string & { readonly rowHash: never };

/** Where a row is written to be hashed: one at a time, and the same memory for all, which is twice as fast as text. */
let scratch = Buffer.allocUnsafe(16 * 1024);

/**
 * SHA-256 over the table's name and the cells, each with what it is and, where it may differ, its length (integers big endian), so that no
 * two rows are written alike:
 *
 *   number  0x01 · 8 bytes, a double      text   0x02 · u32 length · UTF-8
 *   null    0x00                          bytes  0x03 · u32 length · bytes
 */
export function hashRow(table: string, row: Row): RowHash {
  reserve(row.reduce<number>((sum, cell) => sum + sizeBoundOf(cell), sizeBoundOf(table)));
  let at = writeText(table, 0);
  for (const cell of row) at = writeCell(cell, at);
  return hash('sha256', scratch.subarray(0, at), 'latin1') as RowHash;
}

function reserve(bytes: number): void {
  if (bytes > scratch.length) scratch = Buffer.allocUnsafe(2 * bytes);
}

function sizeBoundOf(cell: Cell): number {
  if (cell === null || typeof cell === 'number') return 9;
  // A character of a string makes three bytes at most.
  return 5 + (typeof cell === 'string' ? 3 : 1) * cell.length;
}

function writeCell(cell: Cell, at: number): number {
  if (cell === null) return scratch.writeUInt8(0, at);
  if (typeof cell === 'number') return scratch.writeDoubleBE(cell, scratch.writeUInt8(1, at));
  if (typeof cell === 'string') return writeText(cell, at);
  const bytesAt = scratch.writeUInt32BE(cell.length, scratch.writeUInt8(3, at));
  scratch.set(cell, bytesAt);
  return bytesAt + cell.length;
}

function writeText(text: string, at: number): number {
  const textAt = scratch.writeUInt8(2, at) + 4;
  const length = scratch.write(text, textAt, 'utf8');
  scratch.writeUInt32BE(length, textAt - 4);
  return textAt + length;
}

function laneOf(rowHash: RowHash, lane: number): number {
  const at = lane * LANE_BYTES;
  return (
    (rowHash.charCodeAt(at) << 24) | (rowHash.charCodeAt(at + 1) << 16) | (rowHash.charCodeAt(at + 2) << 8) | rowHash.charCodeAt(at + 3)
  );
}
