/** The same records in every process: what the recovery test applies, kills, and applies again. */
import type { LogRecord } from '../../log/record.ts';
import { CHOICE_END, CHOICES, operationOf } from './operations.ts';
import { RecordChain } from './record-chain.ts';

const COUNT = 2000;

export function recoveryRecords(): readonly LogRecord[] {
  const chain = new RecordChain();
  chain.newEpoch(1);
  let state = 1;
  const next = (): number => {
    // A linear congruential generator (Numerical Recipes); its upper bits are the better ones.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * CHOICE_END);
  };
  for (let made = 0; made < COUNT; made += 1) chain.operation(operationOf(Array.from({ length: CHOICES }, next)));
  return chain.records;
}
