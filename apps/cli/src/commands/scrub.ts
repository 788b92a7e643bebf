/** `netstore scrub`: lets nodes read and prove every byte that they hold, now. */
import { defineCommand, formatBytes, formatCount, type ParsedCommand, type Terminal, tableOf } from '@netstore/command-line';
import { type AskedScrub, connectCluster } from '../cluster/cluster-client.ts';
import { startScrub, watchScrub } from '../cluster/scrub-round.ts';
import type { Surroundings } from '../config.ts';
import { CLUSTER_OPTIONS } from './cluster-options.ts';

const EXIT_CODES = { sound: 0, faulty: 1, unknown: 2 } as const;

export function scrubCommand(surroundings: Surroundings): ParsedCommand {
  return defineCommand({
    name: 'scrub',
    summary: 'Lets nodes read and prove every byte that they hold, now',
    details: [
      'Nodes do so by themselves on a schedule. This begins a round now, or hurries the one under way. Copies that are found bad are moved to quarantine and fetched again from another node; nothing is deleted. A round goes on by itself when this command ends.',
    ],
    positionals: {},
    options: {
      ...CLUSTER_OPTIONS,
      node: { type: 'string', value: 'NODE', help: 'only this node' },
      wait: { type: 'boolean', help: 'waits for the end of the round and says what it found' },
    },
    examples: ['netstore scrub', 'netstore scrub --node node-2 --wait'],
    exitCodes: {
      0: 'begun; with --wait: everything is sound, or was made good',
      1: 'something is lost or not yet made good',
      2: 'a node did not answer',
    },
    failureExitCode: EXIT_CODES.unknown,
    run: async ({ options }, terminal, signal) => {
      const cluster = connectCluster(options, surroundings);
      const nodes = options.node === undefined ? cluster.nodes : [cluster.node(options.node)];
      const started = await startScrub(cluster, nodes, signal);
      const results = options.wait ? await watchScrub(cluster, started, terminal, signal) : started;
      if (options.json) await terminal.printJson({ nodes: results.map(scrubJson) });
      else await print(results, terminal);
      if (results.some(({ failure }) => failure !== null)) return EXIT_CODES.unknown;
      return options.wait && results.some(hasFaults) ? EXIT_CODES.faulty : EXIT_CODES.sound;
    },
  });
}

/** Also when it is not known whether something is lost: then the node lacks something. */
export function hasFaults({ state }: AskedScrub): boolean {
  return state !== null && (state.lostBlobs !== 0 || state.faultsFound > state.faultsRepaired);
}

/** The documented shape (docs/operations.md): fields are added, never renamed. */
export function scrubJson({ nodeId, state, failure }: AskedScrub): unknown {
  if (state === null) return { id: nodeId, state: null, reason: failure?.message ?? null };
  const { startedAtMs, finishedAtMs, oldestVerifiedAtMs, census: _, ...counts } = state;
  return {
    id: nodeId,
    ...counts,
    startedAt: timeOf(startedAtMs),
    finishedAt: timeOf(finishedAtMs),
    oldestVerifiedAt: timeOf(oldestVerifiedAtMs),
    reason: failure?.message ?? null,
  };
}

async function print(results: readonly AskedScrub[], terminal: Terminal): Promise<void> {
  const { style } = terminal;
  const rows = results.map((result) => {
    const { nodeId, state, failure } = result;
    if (state === null) return [nodeId, style('bad', 'no answer'), failure?.message ?? ''];
    const progress =
      state.state === 'idle'
        ? 'done'
        : state.bytesTotal === 0
          ? 'begun'
          : `${formatBytes(state.bytesDone)} of ${formatBytes(state.bytesTotal)}`;
    const faults = `${formatCount(state.faultsFound, 'fault')} found, ${state.faultsRepaired} repaired, ${lostWords(state.lostBlobs)}`;
    return [nodeId, state.state, progress, hasFaults(result) ? style('bad', faults) : faults];
  });
  await terminal.print(tableOf(rows));
}

export function lostWords(lostBlobs: number | null): string {
  return lostBlobs === null ? 'not known what is lost' : `${formatCount(lostBlobs, 'blob')} lost`;
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
