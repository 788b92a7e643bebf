/** `netstore node replace`: takes in the new disk of a node. */
import { setTimeout as sleep } from 'node:timers/promises';
import { defineCommand, formatBytes, formatCount, type ParsedCommand, type Terminal, UsageError } from '@netstore/command-line';
import { NetStoreError, type NodeId } from '@netstore/shared-types';
import { primaryOf } from '@netstore/wire-protocol';
import { type AskedNode, type ClusterClient, connectCluster, REQUEST_ID } from '../cluster/cluster-client.ts';
import { planReplacement, type ReplacementPlan, stepsOf } from '../cluster/plan-replacement.ts';
import type { Surroundings } from '../config.ts';
import { CLUSTER_OPTIONS, NODE_ARGUMENT } from './cluster-options.ts';

const REPLACE_WITHIN_MS = 60_000;
const ASK_EVERY_MS = 1_000;
/** A primary may fall and another take over meanwhile. */
const SILENCE_MAX = 60;

export function nodeReplaceCommand(surroundings: Surroundings): ParsedCommand {
  return defineCommand({
    name: 'node replace',
    summary: 'Takes in the new, empty disk of a node',
    details: [
      'For a node whose disk is dead, damaged or went back in time. Stop the node, move its data directory away (do not delete it), and start it with an empty one. Then this command drops the old disk from the membership and takes in the new one, which copies everything from the two others.',
      'It says what will happen and asks first. It ends when the node is a full member again; interrupted, or with --no-wait, the copying goes on by itself.',
    ],
    positionals: NODE_ARGUMENT,
    options: {
      ...CLUSTER_OPTIONS,
      yes: { type: 'boolean', help: 'does not ask' },
      'no-wait': { type: 'boolean', help: 'does not wait for the copying' },
    },
    examples: ['netstore node replace node-3', 'netstore node replace node-3 --yes --no-wait --json'],
    exitCodes: { 0: 'the node is a full member; with --no-wait: it is being taken in', 1: 'it is not; the reason is said' },
    failureExitCode: 1,
    run: async ({ options, positionals }, terminal, signal) => {
      const cluster = connectCluster(options, surroundings);
      const { id } = cluster.node(positionals.NODE);
      const plan = planReplacement(id, await cluster.report(signal));
      if (!options.json) await say(plan, await stepsOfPlan(plan, cluster, signal), terminal);
      if (!options.yes && !(await mayGoOn(plan, terminal, signal))) {
        await terminal.note('Nothing was changed.');
        return 1;
      }
      const question = ['REPLACE_NODE', { requestId: REQUEST_ID, nodeId: id }] as const;
      const replacing = await cluster.node(plan.primary).ask(question, 'REPLACING', { timeoutMs: REPLACE_WITHIN_MS, signal });
      if (!options.json) await terminal.print(`${id} is being taken in, as incarnation ${replacing.incarnation}.`);
      if (!options['no-wait']) await watch(cluster, id, terminal, signal);
      if (options.json) await terminal.printJson({ ...replacing, isFullMember: !options['no-wait'] });
      else if (!options['no-wait']) await terminal.print(`${id} is a full member again.`);
      return 0;
    },
  });
}

/** The primary counts what it holds: the names of its blobs are read for it, nothing else. */
async function stepsOfPlan({ nodeId, primary }: ReplacementPlan, cluster: ClusterClient, signal: AbortSignal): Promise<string[]> {
  const [answer] = await cluster.scrub('verify', [cluster.node(primary)], signal);
  return stepsOf(nodeId, answer?.state?.census ?? null);
}

async function say({ nodeId, dangers }: ReplacementPlan, steps: readonly string[], terminal: Terminal): Promise<void> {
  const lines = [`Replacing the disk of ${nodeId}:`, ...steps.map((step) => `- ${step}`)];
  await terminal.note([...lines, ...dangers.map((danger) => `- ${terminal.noteStyle('bad', `Danger: ${danger}`)}`)].join('\n'));
}

async function mayGoOn({ nodeId }: ReplacementPlan, terminal: Terminal, signal: AbortSignal): Promise<boolean> {
  if (!terminal.canAsk) throw new UsageError('Nobody can be asked here: say --yes to go on. Nothing was changed.', 'netstore node replace');
  return terminal.confirm(`Drop the old disk of ${nodeId} and take in the new one?`, signal);
}

async function watch(cluster: ClusterClient, id: NodeId, terminal: Terminal, signal: AbortSignal): Promise<void> {
  try {
    await untilMember(cluster, id, terminal, signal);
  } catch (error) {
    if (signal.aborted) await terminal.note('The copying goes on by itself. See: netstore status');
    throw error;
  }
}

async function untilMember(cluster: ClusterClient, id: NodeId, terminal: Terminal, signal: AbortSignal): Promise<void> {
  for (let silences = 0; silences < SILENCE_MAX; ) {
    const reports = await cluster.report(signal);
    const node = reports.find(({ nodeId }) => nodeId === id);
    if (node !== undefined && isMember(node, reports)) return;
    silences = node?.status == null || primaryOf(reports) === undefined ? silences + 1 : 0;
    await terminal.progress(progressOf(id, node, reports));
    await sleep(ASK_EVERY_MS, undefined, { signal });
  }
  throw new NetStoreError(
    'NS_UNAVAILABLE',
    `${id} or the primary has not answered for a minute. The copying goes on when they do. See: netstore status`,
  );
}

/** By the primary's word: a disk that is just being taken in does not know better, and one that is not connected is the old one. */
function isMember({ nodeId, status }: AskedNode, reports: readonly AskedNode[]): boolean {
  const peer = primaryOf(reports)?.peers.find((each) => each.nodeId === nodeId);
  return status !== null && status.role !== 'learner' && peer?.isMember === true && peer.isConnected && peer.ackedSeq !== null;
}

function progressOf(id: NodeId, node: AskedNode | undefined, reports: readonly AskedNode[]): string {
  const primary = primaryOf(reports);
  if (node?.status == null) return `${id} does not answer`;
  const { debt, lastSeq } = node.status;
  const records = primary === undefined ? 'no primary answers' : `${formatCount(Math.max(0, primary.lastSeq - lastSeq), 'record')} behind`;
  return `${id}: ${records}, ${formatCount(debt.blobs, 'blob')} (${formatBytes(debt.bytes)}) still to copy`;
}
