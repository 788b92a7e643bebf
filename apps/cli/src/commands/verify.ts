/** `netstore verify`: whether the nodes hold the same. */
import { setTimeout as sleep } from 'node:timers/promises';
import { defineCommand, formatBytes, formatCount, type ParsedCommand } from '@netstore/command-line';
import { type AskedScrub, type ClusterClient, connectCluster } from '../cluster/cluster-client.ts';
import { type Comparison, compareCensus, isMoving } from '../cluster/compare-census.ts';
import { startScrub, watchScrub } from '../cluster/scrub-round.ts';
import type { Surroundings } from '../config.ts';
import { CLUSTER_OPTIONS } from './cluster-options.ts';
import { hasFaults, lostWords, scrubJson } from './scrub.ts';

/** While files are being written, the nodes are at the same record only now and then. */
const TRIES_MAX = 10;
const PAUSE_MS = 500;
const EXIT_CODES = { equal: 0, different: 1, unknown: 2 } as const;

export function verifyCommand(surroundings: Surroundings): ParsedCommand {
  return defineCommand({
    name: 'verify',
    summary: 'Compares what the nodes hold',
    details: [
      'Asks every node for its census: a digest over all files, folders and versions at one record of the log, and the count and digest of the blobs that are there. With --deep every byte on every disk is read and proven first, which takes as long as the disks do.',
    ],
    positionals: {},
    options: { ...CLUSTER_OPTIONS, deep: { type: 'boolean', help: 'lets every node read and prove all its bytes first' } },
    examples: ['netstore verify', 'netstore verify --deep --json'],
    exitCodes: { 0: 'all nodes hold the same', 1: 'they differ, or something is damaged', 2: 'it cannot be told' },
    failureExitCode: EXIT_CODES.unknown,
    run: async ({ options }, terminal, signal) => {
      const cluster = connectCluster(options, surroundings);
      const scrubbed = options.deep ? await watchScrub(cluster, await startScrub(cluster, cluster.nodes, signal), terminal, signal) : [];
      const answers = await censusOf(cluster, signal);
      const comparison = compareCensus(answers);
      if (options.json) await terminal.printJson(jsonOf(comparison, answers, scrubbed));
      else await terminal.print(textOf(comparison, answers, scrubbed));
      if (comparison.agreement === 'different' || scrubbed.some(hasFaults)) return EXIT_CODES.different;
      return scrubbed.some(({ failure }) => failure !== null) ? EXIT_CODES.unknown : EXIT_CODES[comparison.agreement];
    },
  });
}

async function censusOf(cluster: ClusterClient, signal: AbortSignal): Promise<AskedScrub[]> {
  for (let tries = 1; ; tries += 1) {
    const answers = await cluster.scrub('verify', cluster.nodes, signal);
    if (tries === TRIES_MAX || !isMoving(answers)) return answers;
    await sleep(PAUSE_MS, undefined, { signal });
  }
}

function textOf({ agreement, seq, differences }: Comparison, answers: readonly AskedScrub[], scrubbed: readonly AskedScrub[]): string {
  const { blobs = 0, bytes = 0 } = answers.find(({ state }) => state?.census != null)?.state?.census ?? {};
  const headline = {
    equal: `All ${answers.length} nodes hold the same at record ${seq}: ${formatCount(blobs, 'blob')}, ${formatBytes(bytes)}.`,
    different: `The nodes differ at record ${seq}.`,
    unknown: 'Whether the nodes hold the same cannot be told.',
  }[agreement];
  const deep = scrubbed.map(({ nodeId, state, failure }) => {
    if (state === null || failure !== null) return `${nodeId} was not read to the end: ${failure?.message ?? 'no reason is known'}`;
    const { blobsDone, faultsFound, faultsRepaired, lostBlobs } = state;
    return `${nodeId} read ${formatCount(blobsDone, 'blob')}: ${formatCount(faultsFound, 'fault')}, ${faultsRepaired} repaired, ${lostWords(lostBlobs)}.`;
  });
  return [headline, ...[...differences, ...deep].map((line) => `- ${line}`)].join('\n');
}

/** The documented shape (docs/operations.md): fields are added, never renamed. */
function jsonOf({ agreement, seq, differences }: Comparison, answers: readonly AskedScrub[], scrubbed: readonly AskedScrub[]): unknown {
  return {
    agreement,
    seq,
    differences,
    nodes: answers.map(({ nodeId, state, failure }) => {
      const census = state?.census ?? null;
      return {
        id: nodeId,
        seq: census?.seq ?? null,
        digest: hexOf(census?.digest),
        blobs: census?.blobs ?? null,
        bytes: census?.bytes ?? null,
        blobDigest: hexOf(census?.blobDigest),
        reason: failure?.message ?? null,
      };
    }),
    scrub: scrubbed.length === 0 ? null : scrubbed.map(scrubJson),
  };
}

function hexOf(bytes: Uint8Array | undefined): string | null {
  return bytes === undefined ? null : Buffer.from(bytes).toString('hex');
}
