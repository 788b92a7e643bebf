/**
 * Makes the log of a stopped node as short as one that has run for long: cut into small segments, and only the last of them kept.
 *
 *   node compact-log.ts <data directory>
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { VoteStore } from '../../membership/vote.ts';
import { ReplicatedLog } from '../replicated-log.ts';

const SEGMENT_BYTES = 4096;
const [, , root = ''] = process.argv;
const dir = join(root, 'log');
const divergentDir = join(root, 'divergent');

await using votes = await VoteStore.open(root);
const mark = votes.current.acknowledged;
const whole = await ReplicatedLog.open({ dir, divergentDir, mark });
const records = await whole.read(1, Number.MAX_SAFE_INTEGER);
await whole[Symbol.asyncDispose]();
rmSync(dir, { recursive: true });
mkdirSync(dir);
await using log = await ReplicatedLog.open({ dir, divergentDir, mark: { seq: 0, hash: new Uint8Array(32) }, segmentBytes: SEGMENT_BYTES });
await log.append(records);
await log.compact(log.segments.length);
process.stdout.write(`${log.base.seq} ${log.last.seq}\n`);
