/** The oracle of the fault tests: opens what a process left and compares it with what that process said. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { VoteStore } from '../../membership/vote.ts';
import { ReplicatedLog } from '../replicated-log.ts';
import { recordChain } from './record-chain.ts';

export interface Said {
  readonly acknowledgedSeq: number;
  readonly promisedEpoch: number;
}

/** The highest of each kind in the lines of `append-child.ts`. */
export function said(lines: readonly string[]): Said {
  const highest = (word: string): number =>
    lines.reduce((most, line) => (line.startsWith(word) ? Math.max(most, Number(line.slice(word.length))) : most), 0);
  return { acknowledgedSeq: highest('ack '), promisedEpoch: highest('promise ') };
}

/** Nothing that was said is lost, and the log is a prefix of the chain. Gives the last seq. */
export async function expectKept(root: string, { acknowledgedSeq, promisedEpoch }: Said): Promise<number> {
  await using votes = await VoteStore.open(root);
  expect(votes.current.epoch).toBeGreaterThanOrEqual(promisedEpoch);
  expect(votes.current.acknowledged.seq).toBeGreaterThanOrEqual(acknowledgedSeq);
  await using log = await ReplicatedLog.open({
    dir: join(root, 'log'),
    divergentDir: join(root, 'divergent'),
    mark: votes.current.acknowledged,
  });
  expect(log.last.seq).toBeGreaterThanOrEqual(acknowledgedSeq);
  const records = await log.read(1, Number.MAX_SAFE_INTEGER);
  expect(records.map(({ hash }) => Buffer.from(hash).toString('hex'))).toEqual(
    recordChain(log.last.seq).map(({ hash }) => Buffer.from(hash).toString('hex')),
  );
  return log.last.seq;
}
