/**
 * What must hold when everything was healed and is quiet: what clients were told is true, and the three nodes are one. Gives every
 * problem in words; none is what a test wants.
 */
import type { NodeId } from '@netstore/shared-types';
import { checkHistory, checkSet, findDuplicates } from './check-history.ts';
import { type FaultCluster, NODE_IDS } from './fault-cluster.ts';
import { byPath, type Content, type Operation } from './history.ts';
import { readStoredFiles, type StoredFiles } from './stored-files.ts';
import { compareLogs, findTwofoldNames, readStoredLog, type StoredRecord } from './stored-log.ts';
import type { Workload } from './workload.ts';

/** Design: a sealed blob that nothing refers to is let go after this, a part after the time for one blob. */
const SEALED_AGE_MS_MAX = 48 * 3_600_000;
const PART_AGE_MS_MAX = 30 * 60_000;
const READERS = 4;
const PLANTED_HEAL_MS = 15_000;

export interface Tally {
  readonly ok: number;
  readonly fail: number;
  readonly unknown: number;
  /** Each one once, cut short. */
  readonly reasons: readonly string[];
}

export interface Verdict {
  /** For people; empty when every promise was kept. */
  readonly problems: readonly string[];
  readonly tally: Tally;
}

export interface JudgeOptions {
  /** Nodes on which bad copies may lie in quarantine, because the test damaged them. */
  readonly damaged?: readonly NodeId[];
  readonly healWithinMs?: number;
  /** Nodes may have ended themselves, because the test took their disk away. */
  readonly mayEnd?: boolean;
}

/** Waits until the cluster is healed, reads every path through the gateway, stops the nodes and looks at what each of them keeps. */
export async function judge(cluster: FaultCluster, workload: Workload, options: JudgeOptions = {}): Promise<Verdict> {
  await cluster.untilHealed(options.healWithinMs, { isQuiet: true });
  const listed = await readBack(workload);
  const duplicates = await readVersions(workload);
  await cluster.untilHealed(undefined, { isQuiet: true });
  await cluster.stopNodes();
  const history = await workload.ledger.history();
  return {
    problems: [
      ...judgeHistory(history, listed),
      ...duplicates,
      ...(await judgeDisks(cluster, history, options)),
      ...(options.mayEnd === true ? [] : fatalLines(cluster)),
    ],
    tally: tallyOf(history),
  };
}

/** For a cluster with a planted bug: one whose nodes do not become one again has a problem, and its clients may see others. */
export async function problemsOf(cluster: FaultCluster, workload: Workload): Promise<readonly string[]> {
  try {
    return (await judge(cluster, workload, { healWithinMs: PLANTED_HEAL_MS })).problems;
  } catch (error) {
    const listed = await readBack(workload).catch(() => new Set<string>());
    return [`The cluster did not come back: ${String(error)}`, ...judgeHistory(await workload.ledger.history(), listed)];
  }
}

/** By the words of the clients alone. */
export function judgeHistory(history: readonly Operation[], listed: ReadonlySet<string>): string[] {
  return [
    ...checkHistory(history).map(({ path, explanation }) => `${path} has no order.\n${explanation}`),
    ...checkSet(
      history.filter(({ kind }) => kind === 'add'),
      listed,
    ),
  ];
}

/** A node that ends itself without a reason, or by an error that nobody handled, has a defect, whatever its data look like. */
function fatalLines({ nodes }: FaultCluster): string[] {
  return nodes.log.split('\n').filter((line) => line.includes('"level":"fatal"') || /unhandled|uncaught/i.test(line));
}

/** A last get of every path, in the ledger as all others, and the names that were added. */
async function readBack(workload: Workload): Promise<Set<string>> {
  const paths = [...byPath(await workload.ledger.history()).keys()];
  await inParallel(paths, async (path, reader) => {
    const { outcome, reason } = await workload.calls(`reader-${reader}`).get(path);
    if (outcome !== 'ok') throw new Error(`${path} cannot be read when all is healed: ${reason}`);
  });
  return await workload.calls('lister').list(workload.addedFolder);
}

async function readVersions(workload: Workload): Promise<string[]> {
  const paths = [...byPath((await workload.ledger.history()).filter(({ kind }) => kind === 'put')).keys()];
  const problems: string[] = [];
  await inParallel(paths, async (path) => {
    const twice = findDuplicates(await workload.calls('versions').versions(path));
    if (twice.length > 0) problems.push(`${path}: ${twice.length} operations took effect twice`);
  });
  return problems;
}

export async function judgeDisks(
  cluster: FaultCluster,
  history: readonly Operation[],
  { damaged = [] }: JudgeOptions = {},
): Promise<string[]> {
  const problems: string[] = [];
  const logs: StoredRecord[][] = [];
  let first: StoredFiles | undefined;
  const expected = finalContents(history);
  for (const id of NODE_IDS) {
    const dataDir = cluster.nodes.dataDir(id);
    const log = await readStoredLog(dataDir);
    const files = await readStoredFiles(dataDir);
    logs.push(log);
    first ??= files;
    problems.push(
      ...[
        ...compareLogs(logs[0] as StoredRecord[], log),
        ...files.problems,
        ...compareFiles(first, files),
        ...compareContents(expected, files.contents),
        ...judgeLeftovers(files, damaged.includes(id)),
      ].map((problem) => `${id}: ${problem}`),
    );
  }
  return [...problems, ...findTwofoldNames(logs)];
}

function compareFiles(first: StoredFiles, own: StoredFiles): string[] {
  const stray = own.keptBlobs.filter((blob) => !first.keptBlobs.includes(blob));
  const lacking = first.keptBlobs.filter((blob) => !own.keptBlobs.includes(blob));
  return [
    ...(first.appliedSeq === own.appliedSeq ? [] : [`its catalogue is at ${own.appliedSeq}, node-1's at ${first.appliedSeq}`]),
    ...(first.digest === own.digest ? [] : [`its catalogue has another digest than node-1's at ${own.appliedSeq}`]),
    ...(stray.length > 0 ? [`it keeps ${stray.length} blobs that node-1 does not`] : []),
    ...(lacking.length > 0 ? [`it lacks ${lacking.length} blobs that node-1 keeps`] : []),
  ];
}

/** What the last get of each path saw, everything being quiet. */
function finalContents(history: readonly Operation[]): Map<string, Content> {
  const answered = history.filter(({ kind, outcome }) => kind === 'get' && outcome === 'ok');
  return new Map(answered.map(({ path, content }) => [path, content]));
}

function compareContents(expected: ReadonlyMap<string, Content>, own: ReadonlyMap<string, string>): string[] {
  return [...expected]
    .filter(([path, content]) => (own.get(path) ?? null) !== content)
    .map(
      ([path, content]) =>
        `${path} is ${own.get(path)?.slice(0, 8) ?? 'not there'} on its disk, and ${content?.slice(0, 8) ?? 'not there'} for readers`,
    );
}

function judgeLeftovers({ quarantined, stagedBlobs }: StoredFiles, isDamaged: boolean): string[] {
  const old = stagedBlobs.filter(({ name, ageMs }) => ageMs > (name.endsWith('.part') ? PART_AGE_MS_MAX : SEALED_AGE_MS_MAX));
  return [
    ...(quarantined.length > 0 && !isDamaged ? [`${quarantined.join(', ')} in quarantine`] : []),
    ...old.map(({ name, ageMs }) => `${name} in staging for ${Math.round(ageMs / 60_000)} minutes`),
  ];
}

function tallyOf(history: readonly Operation[]): Tally {
  const count = (wanted: Operation['outcome']): number => history.filter(({ outcome }) => outcome === wanted).length;
  const reasons = new Set(
    history.flatMap(({ kind, outcome, reason }) => (reason === undefined ? [] : [`${kind} ${outcome}: ${reason.slice(0, 200)}`])),
  );
  return { ok: count('ok'), fail: count('fail'), unknown: count('unknown'), reasons: [...reasons] };
}

async function inParallel<Item>(items: readonly Item[], work: (item: Item, reader: number) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: READERS }, async (_, reader) => {
      for (const item of left) await work(item, reader);
    }),
  );
}
