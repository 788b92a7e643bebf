/** The list of commands. */
import type { Program } from '@netstore/command-line';
import { auditVerifyCommand } from './commands/audit-verify.ts';
import { nodeReplaceCommand } from './commands/node-replace.ts';
import { offlineCommands } from './commands/offline.ts';
import { promoteCommand } from './commands/promote.ts';
import { safeToStopCommand } from './commands/safe-to-stop.ts';
import { scrubCommand } from './commands/scrub.ts';
import { statusCommand } from './commands/status.ts';
import { verifyCommand } from './commands/verify.ts';
import type { Surroundings } from './config.ts';

export function programFor(surroundings: Surroundings): Program {
  return {
    name: 'netstore',
    summary: 'Looks after a NetStore cluster: asks its nodes, tells them what to do, and rescues files from a single disk.',
    commands: [
      statusCommand(surroundings),
      safeToStopCommand(surroundings),
      promoteCommand(surroundings),
      nodeReplaceCommand(surroundings),
      scrubCommand(surroundings),
      verifyCommand(surroundings),
      auditVerifyCommand(),
      ...offlineCommands(),
    ],
    epilogue: [
      'The nodes and the cluster key are found by --nodes and --key-file, else by NETSTORE_NODES and NETSTORE_CLUSTER_KEY_FILE, else in the data directory of "npm start" (--data-dir, NETSTORE_DATA_DIR, ./data).',
      'fsck and export work on the directory of one node that is not running, and need nothing else.',
    ],
  };
}
