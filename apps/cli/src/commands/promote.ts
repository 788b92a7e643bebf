/** `netstore promote`: makes a node the primary. */
import { defineCommand, type ParsedCommand } from '@netstore/command-line';
import { primaryOf } from '@netstore/wire-protocol';
import { connectCluster, REQUEST_ID } from '../cluster/cluster-client.ts';
import type { Surroundings } from '../config.ts';
import { CLUSTER_OPTIONS, NODE_ARGUMENT } from './cluster-options.ts';

/** A node that has to fetch what it lacks of the log takes longest. */
const PROMOTE_WITHIN_MS = 120_000;

export function promoteCommand(surroundings: Surroundings): ParsedCommand {
  return defineCommand({
    name: 'promote',
    summary: 'Makes a node the primary',
    details: [
      'The node becomes primary only when a majority agrees, so a wrong choice costs time, never a file. It answers once the node serves, and refuses with the reason when it cannot.',
    ],
    positionals: NODE_ARGUMENT,
    options: CLUSTER_OPTIONS,
    examples: ['netstore promote node-2', 'netstore promote node-2 --json'],
    exitCodes: { 0: 'the node is primary', 1: 'it is not; the reason is said' },
    failureExitCode: 1,
    run: async ({ options, positionals }, terminal, signal) => {
      const cluster = connectCluster(options, surroundings);
      const node = cluster.node(positionals.NODE);
      const present = primaryOf(await cluster.report(signal));
      const isPrimary = present?.nodeId === node.id && present.canCommit;
      const { epoch } = isPrimary
        ? present
        : await node.ask(['PROMOTE', { requestId: REQUEST_ID }], 'PROMOTED', { timeoutMs: PROMOTE_WITHIN_MS, signal });
      if (options.json) await terminal.printJson({ primary: node.id, epoch, isChanged: !isPrimary });
      else await terminal.print(`${node.id} is primary${isPrimary ? ' already' : ''}, epoch ${epoch}.`);
      return 0;
    },
  });
}
