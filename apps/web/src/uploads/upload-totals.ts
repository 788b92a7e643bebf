/** Sums over all uploads, kept up to date by differences: a queue of 10,000 files is never counted anew. Pure. */
import { isUnfinished, sentBytesOf, type Upload } from './upload.ts';

export interface UploadTotals {
  readonly count: number;
  readonly unfinished: number;
  readonly clashes: number;
  readonly failed: number;
  /** Durable on at least two disks. */
  readonly stored: number;
  /** Of the stored ones: held by all replicas. */
  readonly complete: number;
  /** Of what is being or was transferred; given-up files do not count. */
  readonly bytes: number;
  readonly sentBytes: number;
}

export const NO_UPLOADS: UploadTotals = { count: 0, unfinished: 0, clashes: 0, failed: 0, stored: 0, complete: 0, bytes: 0, sentBytes: 0 };

/** The totals when one upload took the place of another; `undefined` stands for none. */
export function withChange(totals: UploadTotals, before: Upload | undefined, after: Upload | undefined): UploadTotals {
  const [minus, plus] = [shareOf(before), shareOf(after)];
  const add = (key: keyof UploadTotals): number => totals[key] - minus[key] + plus[key];
  return {
    count: add('count'),
    unfinished: add('unfinished'),
    clashes: add('clashes'),
    failed: add('failed'),
    stored: add('stored'),
    complete: add('complete'),
    bytes: add('bytes'),
    sentBytes: add('sentBytes'),
  };
}

function shareOf(upload: Upload | undefined): UploadTotals {
  if (upload === undefined) return NO_UPLOADS;
  const { stage } = upload;
  const isStored = stage.kind === 'stored';
  return {
    count: 1,
    unfinished: isUnfinished(upload) ? 1 : 0,
    clashes: stage.kind === 'clash' ? 1 : 0,
    failed: stage.kind === 'failed' ? 1 : 0,
    stored: isStored ? 1 : 0,
    complete: isStored && stage.durable >= stage.total ? 1 : 0,
    bytes: isStored || isUnfinished(upload) ? upload.file.size : 0,
    sentBytes: sentBytesOf(upload),
  };
}
