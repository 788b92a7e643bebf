/** `netstore safe-to-stop`: whether the cluster goes on without a node. */
import { defineCommand, type ParsedCommand } from '@netstore/command-line';
import { judgeStop } from '@netstore/wire-protocol';
import { connectCluster } from '../cluster/cluster-client.ts';
import type { Surroundings } from '../config.ts';
import { CLUSTER_OPTIONS, NODE_ARGUMENT } from './cluster-options.ts';

export function safeToStopCommand(surroundings: Surroundings): ParsedCommand {
  return defineCommand({
    name: 'safe-to-stop',
    summary: 'Says whether a node may be stopped now, and why not',
    details: [
      'A node may be stopped when writes go on without it and both others hold every file. Ask before you update or restart a machine.',
    ],
    positionals: NODE_ARGUMENT,
    options: CLUSTER_OPTIONS,
    examples: ['netstore safe-to-stop node-2', 'netstore safe-to-stop node-2 && systemctl restart netstore-node'],
    exitCodes: { 0: 'it may be stopped', 1: 'it may not', 2: 'it cannot be told' },
    failureExitCode: 2,
    run: async ({ options, positionals }, terminal, signal) => {
      const cluster = connectCluster(options, surroundings);
      const { id } = cluster.node(positionals.NODE);
      const { isSafe, reason } = judgeStop(id, await cluster.report(signal));
      if (options.json) await terminal.printJson({ node: id, isSafeToStop: isSafe, reason });
      else await terminal.print(`${isSafe ? terminal.style('good', 'yes') : terminal.style('bad', 'no')}: ${reason}`);
      return isSafe ? 0 : 1;
    },
  });
}
