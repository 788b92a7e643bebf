/** Has the new disk of a node taken in, to its end: asks whoever is primary, and the next one when that changed meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Terminal } from '@netstore/command-line';
import { type NodeId, toNetStoreError } from '@netstore/shared-types';
import type { Replacing } from '@netstore/wire-protocol';
import { type ClusterClient, REQUEST_ID } from './cluster-client.ts';
import { ReplacementCourse, type Step } from './replacement-course.ts';

const REPLACE_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 1_000;

export interface TakeInOptions {
  readonly nodeId: NodeId;
  /** How long nothing may go on, because nobody is primary or the node does not answer. */
  readonly patienceMs: number;
  /** Until the node is a full member; else until a primary has said that it takes the disk in. */
  readonly toTheEnd: boolean;
  /** Once, when the first primary has said so. */
  readonly onBegun: (replacing: Replacing) => Promise<void>;
}

export async function takeIn(cluster: ClusterClient, options: TakeInOptions, terminal: Terminal, signal: AbortSignal): Promise<Replacing> {
  const course = new ReplacementCourse(options.nodeId, options.patienceMs);
  try {
    return await follow(course, { ...options, cluster, terminal }, signal);
  } catch (error) {
    const { takenInBy } = course;
    if (signal.aborted && takenInBy !== undefined) {
      await terminal.note(
        `The copying goes on, and ${options.nodeId} becomes a full member, for as long as ${takenInBy} stays primary. When another one is, and to look on again, ask again: netstore node replace ${options.nodeId}`,
      );
    }
    throw error;
  }
}

interface Following extends TakeInOptions {
  readonly cluster: ClusterClient;
  readonly terminal: Terminal;
}

async function follow(course: ReplacementCourse, following: Following, signal: AbortSignal): Promise<Replacing> {
  const { cluster, terminal, toTheEnd } = following;
  for (let replacing: Replacing | undefined; ; ) {
    let step = course.look(await cluster.report(signal), performance.now());
    if (step.kind === 'ask') {
      const answer = await ask(course, step, following, signal);
      if ('kind' in answer) step = answer;
      else replacing = answer;
    }
    if (step.kind === 'give-up') throw step.error;
    if (replacing !== undefined && (step.kind === 'member' || !toTheEnd)) return replacing;
    if (step.kind === 'wait') {
      if (step.news !== undefined) await terminal.note(step.news);
      await terminal.progress(step.progress);
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
}

/** The primary's answer, or what to do when it could not be had. Throws a refusal that will be none the better for waiting. */
async function ask(
  course: ReplacementCourse,
  { primary, epoch }: Extract<Step, { readonly kind: 'ask' }>,
  { cluster, terminal, nodeId, toTheEnd, onBegun }: Following,
  signal: AbortSignal,
): Promise<Replacing | Step> {
  const isFirst = course.takenInBy === undefined;
  try {
    const question = ['REPLACE_NODE', { requestId: REQUEST_ID, nodeId }] as const;
    const replacing = await cluster.node(primary).ask(question, 'REPLACING', { timeoutMs: REPLACE_WITHIN_MS, signal });
    course.asked(primary, epoch);
    if (isFirst) await onBegun(replacing);
    else await terminal.note(`${primary} is primary, epoch ${epoch}: asked again, it takes ${nodeId} in.`);
    return replacing;
  } catch (thrown) {
    signal.throwIfAborted();
    const { code, message, isRetryable } = toNetStoreError(thrown);
    if (!isRetryable || !toTheEnd) throw thrown;
    return course.held({ code, what: `${primary} cannot take ${nodeId} in: ${message}` }, performance.now());
  }
}
