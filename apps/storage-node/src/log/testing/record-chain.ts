/** Makes records that continue each other, for tests. */
import { type LogRecord, NO_HASH, sealRecord } from '../record.ts';

export interface ChainOptions {
  readonly after?: { readonly seq: number; readonly hash: Uint8Array };
  readonly epoch?: number;
  /** Of each record's payload; by default their sizes differ from record to record. */
  readonly payloadBytes?: number;
}

export function recordChain(count: number, { after = { seq: 0, hash: NO_HASH }, epoch = 1, payloadBytes }: ChainOptions = {}): LogRecord[] {
  const records: LogRecord[] = [];
  let { seq, hash } = after;
  for (let made = 0; made < count; made += 1) {
    seq += 1;
    const payload = Buffer.alloc(payloadBytes ?? 10 + ((seq * 37) % 90), seq);
    const record = sealRecord({ seq, epoch, timeMs: 1_700_000_000_000 + seq, previous: hash, type: 'operation', payload });
    records.push(record);
    hash = record.hash;
  }
  return records;
}
