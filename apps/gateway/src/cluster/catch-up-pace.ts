/**
 * How fast each node gets what it lacks, by what was seen of it in the last half minute: from nothing else can be said when it will
 * be done. Who is asked rarely knows little, and says so.
 */
import type { NodeId } from '@netstore/shared-types';
import { type NodeReport, primaryOf } from '@netstore/wire-protocol';

const WINDOW_MS = 30_000;
/** Of answers that come at once, one is enough. */
const SAMPLE_EVERY_MS = 500;
/** Over less time a pace is an accident. */
const PACE_MS_MIN = 1_500;

/** What a node lacks. Records that it does not have yet may bring more bytes. */
interface Lacking {
  readonly records: number;
  readonly bytes: number;
}
type Measure = keyof Lacking;
const MEASURES: readonly Measure[] = ['records', 'bytes'];

interface Sample extends Lacking {
  readonly atMs: number;
}

interface Track {
  readonly samples: readonly Sample[];
  /** The most it lacked since it was last seen to lack nothing. */
  readonly most: Lacking;
}

export interface Pace {
  /** 0 to 1; null when the node was seen too shortly to say. */
  readonly progress: number | null;
  readonly secondsLeft: number | null;
}

export const UNKNOWN_PACE: Pace = { progress: null, secondsLeft: null };
const DONE: Pace = { progress: 1, secondsLeft: 0 };

export class CatchUpPace {
  readonly #tracks = new Map<NodeId, Track>();

  /** `nowMs` by a clock that never jumps. Nothing is said of a node that does not answer, nor while there is no primary. */
  observe(reports: readonly NodeReport[], nowMs: number): ReadonlyMap<NodeId, Pace> {
    const primary = primaryOf(reports);
    const paces = new Map<NodeId, Pace>();
    for (const { nodeId, status } of reports) {
      if (status === null || primary === undefined) {
        this.#tracks.delete(nodeId);
        continue;
      }
      const lacking = { records: Math.max(0, primary.commitSeq - status.lastSeq), bytes: status.debt.bytes };
      paces.set(nodeId, this.#paceOf(nodeId, lacking, nowMs));
    }
    return paces;
  }

  #paceOf(nodeId: NodeId, lacking: Lacking, atMs: number): Pace {
    if (lacking.records === 0 && lacking.bytes === 0) {
      this.#tracks.delete(nodeId);
      return DONE;
    }
    const track = followed(this.#tracks.get(nodeId), { ...lacking, atMs });
    this.#tracks.set(nodeId, track);
    return paceOf(track, lacking);
  }
}

function followed(track: Track | undefined, sample: Sample): Track {
  if (track === undefined) return { samples: [sample], most: sample };
  const most = { records: Math.max(track.most.records, sample.records), bytes: Math.max(track.most.bytes, sample.bytes) };
  const recent = track.samples.filter(({ atMs }) => sample.atMs - atMs <= WINDOW_MS);
  const isDue = sample.atMs - (recent.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) >= SAMPLE_EVERY_MS;
  return { samples: isDue ? [...recent, sample] : recent, most };
}

function paceOf({ samples, most }: Track, left: Lacking): Pace {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.atMs - first.atMs < PACE_MS_MIN) return UNKNOWN_PACE;
  const open = MEASURES.filter((measure) => left[measure] > 0);
  const progress = Math.min(...open.map((measure) => 1 - left[measure] / most[measure]));
  const seconds = Math.max(...open.map((measure) => secondsFor(left[measure], first[measure] - last[measure], last.atMs - first.atMs)));
  return { progress, secondsLeft: Number.isFinite(seconds) ? Math.ceil(seconds) : null };
}

/** Infinite while it grows or stands still. */
function secondsFor(left: number, done: number, inMs: number): number {
  return done <= 0 ? Number.POSITIVE_INFINITY : (left / done) * (inMs / 1000);
}
