/**
 * A process that appends and acknowledges as a node does, and says after each step what it would have told a peer: `ack <seq>`, or
 * `promise <epoch>`. Its records are the same whatever process writes them, so that any log it leaves is a prefix of one chain.
 *
 *   node append-child.ts <directory> <last seq> [<segment bytes>]
 */
import { writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseNodeId } from '@netstore/shared-types';
import { VoteStore } from '../../membership/vote.ts';
import { ReplicatedLog } from '../replicated-log.ts';
import { recordChain } from './record-chain.ts';

const RECORDS_AT_ONCE = 3;
const [, , root = '', lastSeq = '0', segmentBytes = '2048'] = process.argv;
for (const folder of ['log', 'divergent']) await mkdir(join(root, folder), { recursive: true });

await using votes = await VoteStore.open(root);
await using log = await ReplicatedLog.open({
  dir: join(root, 'log'),
  divergentDir: join(root, 'divergent'),
  mark: votes.current.acknowledged,
  segmentBytes: Number(segmentBytes),
});
// What is in the log is the node's own again, as it is after a crash.
await votes.acknowledge(log.last);
while (log.last.seq < Number(lastSeq)) {
  await log.append(recordChain(RECORDS_AT_ONCE, { after: log.last }));
  await votes.acknowledge(log.last);
  writeSync(1, `ack ${log.last.seq}\n`);
  if (log.last.seq % 4 === 0) {
    await votes.promise(log.last.seq, parseNodeId('node-1'));
    writeSync(1, `promise ${log.last.seq}\n`);
  }
}
writeSync(1, 'done\n');
