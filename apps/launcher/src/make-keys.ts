/**
 * A program of its own: makes each key file named on the command line that is not there yet, and checks the others. A cluster of containers runs it
 * once before its services start.
 */
import { toNetStoreError } from '@netstore/shared-types';
import { prepareKey } from './secrets.ts';

try {
  for (const path of process.argv.slice(2)) console.log(`Key ready: ${prepareKey(path)}`);
} catch (error) {
  console.error(toNetStoreError(error).message);
  process.exit(1);
}
