/** A process that opens the data directory named by its argument, says so, tries in vain to open it again, and keeps it until it is killed. */
import { openDataDirectory } from '../data-directory.ts';

const [, , path = ''] = process.argv;
await using _held = await openDataDirectory(path);
await openDataDirectory(path).catch(() => undefined);
process.stdout.write('held\n');
await new Promise((resolve) => setTimeout(resolve, 60_000));
