/**
 * A process for tests to kill: applies the records of `recoveryRecords` from where the catalogue is, in groups, and prints the
 * seq of each group that was applied. Arguments: path of the file, folder for damaged files, records in a group.
 */
import { Catalogue } from '../catalogue.ts';
import { recoveryRecords } from './recovery-records.ts';

const [, , path = '', quarantineDir = '', groupSize = ''] = process.argv;
const records = recoveryRecords();
await using catalogue = await Catalogue.open({ path, quarantineDir });
while (catalogue.applied.seq < records.length) {
  const { seq } = catalogue.applied;
  await catalogue.apply(records.slice(seq, seq + Number(groupSize)), new Set());
  process.stdout.write(`${catalogue.applied.seq}\n`);
}
