/** Whether the nodes hold the same, judged by the census of each. Pure. */
import type { NodeId } from '@netstore/shared-types';
import type { Census } from '@netstore/wire-protocol';
import type { AskedScrub } from './cluster-client.ts';

export interface Comparison {
  /** `different` is known for certain; `unknown` means that not all nodes could be compared. */
  readonly agreement: 'equal' | 'different' | 'unknown';
  /** The record at which all of them were compared; null when there was no such one. */
  readonly seq: number | null;
  /** For people; none when equal. */
  readonly differences: readonly string[];
}

interface Counted {
  readonly nodeId: NodeId;
  readonly census: Census;
}

/** Whether a later try may find what this one could not: a cluster that is written to while it is asked. */
export function isMoving(answers: readonly AskedScrub[]): boolean {
  return new Set(countedOf(answers).map(({ census }) => census.seq)).size > 1;
}

export function compareCensus(answers: readonly AskedScrub[]): Comparison {
  const counted = countedOf(answers);
  const silent = answers
    .filter(({ state }) => state?.census == null)
    .map(({ nodeId, failure }) => `${nodeId} gave no census: ${failure?.message ?? 'it has taken none'}`);
  const [first] = counted;
  if (first === undefined) return { agreement: 'unknown', seq: null, differences: silent };
  if (isMoving(answers)) {
    const seqs = counted.map(({ nodeId, census }) => `${nodeId} is at record ${census.seq}`).join(', ');
    return { agreement: 'unknown', seq: null, differences: [...silent, `The nodes were not at the same record: ${seqs}.`] };
  }
  const differences = [...catalogueDifferences(counted), ...blobDifferences(counted)];
  const { seq } = first.census;
  if (differences.length > 0) return { agreement: 'different', seq, differences: [...silent, ...differences] };
  return { agreement: silent.length === 0 ? 'equal' : 'unknown', seq, differences: silent };
}

function countedOf(answers: readonly AskedScrub[]): Counted[] {
  return answers.flatMap(({ nodeId, state }) => (state?.census == null ? [] : [{ nodeId, census: state.census }]));
}

function catalogueDifferences(counted: readonly Counted[]): string[] {
  const groups = groupsBy(counted, ({ digest }) => hexOf(digest));
  return groups.length < 2 ? [] : [`The catalogues differ: ${groups.join(' against ')}.`];
}

function blobDifferences(counted: readonly Counted[]): string[] {
  const groups = groupsBy(counted, ({ blobs, blobDigest }) => `${blobs.toLocaleString('en')} blobs with digest ${hexOf(blobDigest)}`);
  return groups.length < 2 ? [] : [`The nodes hold different blobs: ${groups.join(' against ')}.`];
}

/** `node-1 and node-2 have 3f…`, one for each answer that was given. */
function groupsBy(counted: readonly Counted[], read: (census: Census) => string): string[] {
  const groups = Map.groupBy(counted, ({ census }) => read(census));
  return [...groups].map(
    ([answer, members]) => `${members.map(({ nodeId }) => nodeId).join(' and ')} ${members.length === 1 ? 'has' : 'have'} ${answer}`,
  );
}

/** As much of a digest as people compare. */
function hexOf(digest: Uint8Array): string {
  return Buffer.from(digest).toString('hex').slice(0, 16);
}
