/** `netstore node replace`: takes in the new disk of a node. */
import { defineCommand, type ParsedCommand, type Terminal, UsageError } from '@netstore/command-line';
import type { Replacing } from '@netstore/wire-protocol';
import { type ClusterClient, connectCluster } from '../cluster/cluster-client.ts';
import { planReplacement, type ReplacementPlan, stepsOf } from '../cluster/plan-replacement.ts';
import { takeIn } from '../cluster/take-in.ts';
import type { Surroundings } from '../config.ts';
import { CLUSTER_OPTIONS, NODE_ARGUMENT } from './cluster-options.ts';

/** A machine may start again meanwhile. */
const PATIENCE_SECONDS = 600;

export function nodeReplaceCommand(surroundings: Surroundings): ParsedCommand {
  return defineCommand({
    name: 'node replace',
    summary: 'Takes in the new, empty disk of a node',
    details: [
      'For a node whose disk is dead, damaged or went back in time. Stop the node, move its data directory away (do not delete it), and start it with an empty one. Then this command drops the old disk from the membership and takes in the new one, which copies everything from the two others.',
      'It says what will happen and asks first. It ends when the node is a full member again, also when another node becomes primary meanwhile: then it asks that one. Interrupted, or with --no-wait, the copying goes on for as long as the primary stays; the same command, given again, goes on where it was.',
    ],
    positionals: NODE_ARGUMENT,
    options: {
      ...CLUSTER_OPTIONS,
      yes: { type: 'boolean', help: 'does not ask' },
      'no-wait': { type: 'boolean', help: 'does not wait for the copying' },
      patience: {
        type: 'string',
        value: 'SECONDS',
        help: `how long it waits while nobody is primary or the node does not answer (${PATIENCE_SECONDS})`,
      },
    },
    examples: ['netstore node replace node-3', 'netstore node replace node-3 --yes --no-wait --json'],
    exitCodes: { 0: 'the node is a full member; with --no-wait: it is being taken in', 1: 'it is not; the reason is said' },
    failureExitCode: 1,
    run: async ({ options, positionals }, terminal, signal) => {
      const patienceMs = 1_000 * patienceOf(options.patience);
      const cluster = connectCluster(options, surroundings);
      const { id } = cluster.node(positionals.NODE);
      const plan = planReplacement(id, await cluster.report(signal));
      if (!options.json) await say(plan, await stepsOfPlan(plan, cluster, signal), terminal);
      if (!options.yes && !(await mayGoOn(plan, terminal, signal))) {
        await terminal.note('Nothing was changed.');
        return 1;
      }
      const onBegun = async ({ incarnation }: Replacing): Promise<void> => {
        if (!options.json) await terminal.print(`${id} is being taken in, as incarnation ${incarnation}.`);
      };
      const toTheEnd = !options['no-wait'];
      const replacing = await takeIn(cluster, { nodeId: id, patienceMs, toTheEnd, onBegun }, terminal, signal);
      if (options.json) await terminal.printJson({ ...replacing, isFullMember: toTheEnd });
      else if (toTheEnd) await terminal.print(`${id} is a full member again.`);
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

function patienceOf(given: string | undefined): number {
  const seconds = Number(given ?? PATIENCE_SECONDS);
  if (Number.isInteger(seconds) && seconds > 0) return seconds;
  throw new UsageError(`--patience is a number of seconds, got "${given}". Nothing was changed.`, 'netstore node replace');
}
