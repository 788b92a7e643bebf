/**
 * Forms the cluster, once. Only the first configured node does it, only when it is blank, and only when every other node
 * is blank too or was formed by an attempt of its own that did not come to its end.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@netstore/service-kit';
import { type ClusterId, type NodeId, newClusterId, newIncarnation, toNetStoreError } from '@netstore/shared-types';
import type { Identity as IdentityAnswer } from '@netstore/wire-protocol';
import type { Identity } from '../membership/identity.ts';
import type { Peer } from './peers.ts';

const ANSWER_TIMEOUT_MS = 5_000;
const RETRY_MS = 250;

export type FormationVerdict =
  | { readonly kind: 'form'; readonly clusterId: ClusterId }
  | { readonly kind: 'wait'; readonly reason: string };

/**
 * A node with an identity but an empty log comes from an attempt that broke off before anything was written, so that its
 * cluster id is taken up again. Pure but for the new id.
 */
export function judgeFormation(nodes: readonly NodeId[], answers: ReadonlyMap<NodeId, IdentityAnswer>): FormationVerdict {
  const ids = new Set<ClusterId>();
  for (const [node, answer] of answers) {
    if (answer.nodes.join() !== nodes.join())
      return { kind: 'wait', reason: `${node} is configured with the nodes ${answer.nodes.join(', ')}, this one with ${nodes.join(', ')}` };
    if (answer.lastSeq > 0) return { kind: 'wait', reason: `${node} has data already: this blank node may not form a cluster beside it` };
    if (answer.clusterId !== null) ids.add(answer.clusterId);
  }
  if (ids.size > 1) return { kind: 'wait', reason: 'the other nodes belong to different clusters' };
  return { kind: 'form', clusterId: [...ids][0] ?? newClusterId() };
}

export interface FormationOptions {
  readonly self: NodeId;
  readonly nodes: readonly NodeId[];
  readonly peers: readonly Peer[];
  /** This node was taken into a cluster meanwhile. */
  readonly isFormed: () => boolean;
  readonly logger: Logger;
}

/**
 * Returns this node's identity once every other node has durably taken its own; undefined when it was taken into a cluster meanwhile. Rejects
 * only when aborted.
 */
export async function formCluster(options: FormationOptions, signal: AbortSignal): Promise<Identity | undefined> {
  let reported = '';
  for (;;) {
    signal.throwIfAborted();
    if (options.isFormed()) return undefined;
    const verdict = await attempt(options, signal);
    if (verdict.kind === 'form') return { clusterId: verdict.clusterId, nodeId: options.self, incarnation: newIncarnation() };
    if (verdict.reason !== reported) options.logger.warn({ reason: verdict.reason }, 'cluster cannot form yet');
    reported = verdict.reason;
    await sleep(RETRY_MS, undefined, { signal });
  }
}

async function attempt(options: FormationOptions, signal: AbortSignal): Promise<FormationVerdict> {
  try {
    const answers = await Promise.all(
      options.peers.map(async (peer) => {
        await using connection = await peer.dial('control', signal);
        return [peer.id, await connection.request('GET_IDENTITY', {}, 'IDENTITY', { timeoutMs: ANSWER_TIMEOUT_MS, signal })] as const;
      }),
    );
    const verdict = judgeFormation(options.nodes, new Map(answers));
    if (verdict.kind === 'form') await Promise.all(options.peers.map((peer) => form(peer, verdict.clusterId, options, signal)));
    return verdict;
  } catch (thrown) {
    signal.throwIfAborted();
    return { kind: 'wait', reason: toNetStoreError(thrown).message };
  }
}

async function form(peer: Peer, clusterId: ClusterId, options: FormationOptions, signal: AbortSignal): Promise<void> {
  await using connection = await peer.dial('control', signal);
  await connection.request('FORM', { clusterId, nodes: [...options.nodes] }, 'FORMED', { timeoutMs: ANSWER_TIMEOUT_MS, signal });
}
