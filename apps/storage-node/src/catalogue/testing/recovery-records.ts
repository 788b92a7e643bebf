/** The same records in every process: what the recovery test applies, kills, and applies again. */
import fc from 'fast-check';
import type { LogRecord } from '../../log/record.ts';
import { anyOperation } from './operations.ts';
import { RecordChain } from './record-chain.ts';

const COUNT = 2000;
const SEED = 20_261_122;

export function recoveryRecords(): readonly LogRecord[] {
  const chain = new RecordChain();
  chain.newEpoch(1);
  for (const operation of fc.sample(anyOperation, { numRuns: COUNT, seed: SEED })) chain.operation(operation);
  return chain.records;
}
