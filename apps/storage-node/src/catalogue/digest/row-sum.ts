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

export function hashRow(table: string, row: Row): RowHash {
  let text = `${table}|`;
  for (const cell of row) text += textOf(cell);
  return hash('sha256', text, 'latin1') as RowHash;
}

/** Says its kind and length, so that no two rows have the same text. */
function textOf(cell: Cell): string {
  if (cell === null) return '-';
  if (typeof cell === 'number') return `${cell};`;
  if (typeof cell === 'string') return `${cell.length}"${cell}`;
  return `${cell.length}:${Buffer.from(cell.buffer, cell.byteOffset, cell.byteLength).toString('latin1')}`;
}

function laneOf(rowHash: RowHash, lane: number): number {
  const at = lane * LANE_BYTES;
  return (
    (rowHash.charCodeAt(at) << 24) | (rowHash.charCodeAt(at + 1) << 16) | (rowHash.charCodeAt(at + 2) << 8) | rowHash.charCodeAt(at + 3)
  );
}
