/**
 * One upload and the stages it goes through. Pure: `advance` says what an event makes of it. Events that come too late,
 * such as the progress of a transfer that was cancelled, change nothing.
 *
 *   waiting → sending → confirming → stored (2/3 … 3/3)
 *                 ↘ clash → waiting | skipped        any stage before stored → failed | cancelled; those → waiting
 *
 * `confirming` is the honest stage between the last byte leaving and the server's word that two disks hold the file.
 */

import type { ClashChoice } from '../api/clash-questions.ts';

export type UploadStage =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'sending'; readonly sentBytes: number }
  | { readonly kind: 'confirming' }
  /** An attempt failed for a reason that may pass; the next one follows by itself. */
  | { readonly kind: 'retrying'; readonly reason: string }
  | { readonly kind: 'clash' }
  | { readonly kind: 'stored'; readonly durable: number; readonly total: number }
  | { readonly kind: 'failed'; readonly failure: UploadFailure }
  /** `wasSent`: every byte had left, so the file may have been stored all the same. */
  | { readonly kind: 'cancelled'; readonly wasSent: boolean }
  | { readonly kind: 'skipped' };

export interface UploadFailure {
  readonly message: string;
  readonly requestId: string | undefined;
  /** Nobody knows whether it was stored. Only a retry with the same key finds out. */
  readonly isOutcomeUnknown: boolean;
  readonly canRetry: boolean;
}

/** What to do where a file of that name exists: `ask` until somebody chose. */
export type ClashRule = 'ask' | 'replace' | 'keep-both';

export interface Upload {
  readonly id: number;
  /** Files that were added together share their clash choice. */
  readonly batch: number;
  readonly space: string;
  readonly path: string;
  readonly file: File;
  /** Sent with every attempt, so that an attempt whose answer was lost is not done twice. */
  readonly key: string;
  readonly clashRule: ClashRule;
  readonly stage: UploadStage;
}

export type UploadEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'progress'; readonly sentBytes: number }
  | { readonly kind: 'sent' }
  | { readonly kind: 'retry-later'; readonly reason: string }
  | { readonly kind: 'clash' }
  /** `path` is another one where both are to be kept. */
  | { readonly kind: 'choose'; readonly choice: ClashChoice; readonly path: string; readonly key: string }
  | { readonly kind: 'rename'; readonly path: string; readonly key: string }
  | { readonly kind: 'stored'; readonly durable: number; readonly total: number }
  | { readonly kind: 'replicas'; readonly durable: number; readonly total: number }
  | { readonly kind: 'fail'; readonly failure: UploadFailure }
  | { readonly kind: 'cancel' }
  /** `key` is new where the last attempt certainly did nothing. */
  | { readonly kind: 'restart'; readonly key: string };

const IN_WORK: ReadonlySet<UploadStage['kind']> = new Set(['sending', 'confirming', 'retrying']);
const UNFINISHED: ReadonlySet<UploadStage['kind']> = new Set(['waiting', 'sending', 'confirming', 'retrying', 'clash']);

export function isUnfinished(upload: Upload): boolean {
  return UNFINISHED.has(upload.stage.kind);
}

export function isInWork(upload: Upload): boolean {
  return IN_WORK.has(upload.stage.kind);
}

export function advance(upload: Upload, event: UploadEvent): Upload {
  const { stage } = upload;
  switch (event.kind) {
    case 'start':
      return stage.kind === 'waiting' || stage.kind === 'retrying' ? staged(upload, { kind: 'sending', sentBytes: 0 }) : upload;
    case 'progress':
      return stage.kind === 'sending'
        ? staged(upload, { kind: 'sending', sentBytes: Math.min(event.sentBytes, upload.file.size) })
        : upload;
    case 'sent':
      return stage.kind === 'sending' ? staged(upload, { kind: 'confirming' }) : upload;
    case 'retry-later':
      return isInWork(upload) ? staged(upload, { kind: 'retrying', reason: event.reason }) : upload;
    case 'clash':
      return isInWork(upload) ? staged(upload, { kind: 'clash' }) : upload;
    case 'choose':
      return stage.kind === 'clash' ? chosen(upload, event) : upload;
    case 'rename':
      return isInWork(upload) ? { ...upload, path: event.path, key: event.key, stage: { kind: 'retrying', reason: '' } } : upload;
    case 'stored':
      return isInWork(upload) ? staged(upload, { kind: 'stored', durable: event.durable, total: event.total }) : upload;
    case 'replicas':
      return stage.kind === 'stored' ? staged(upload, { kind: 'stored', durable: event.durable, total: event.total }) : upload;
    case 'fail':
      return isInWork(upload) ? staged(upload, { kind: 'failed', failure: event.failure }) : upload;
    case 'cancel':
      return isUnfinished(upload) ? staged(upload, { kind: 'cancelled', wasSent: stage.kind === 'confirming' }) : upload;
    case 'restart':
      return canRestart(upload) ? { ...upload, key: event.key, stage: { kind: 'waiting' } } : upload;
  }
}

export function canRestart({ stage }: Upload): boolean {
  return stage.kind === 'cancelled' || (stage.kind === 'failed' && stage.failure.canRetry);
}

/** Bytes that have left this computer and are not known to be lost. */
export function sentBytesOf({ stage, file }: Upload): number {
  switch (stage.kind) {
    case 'sending':
      return stage.sentBytes;
    case 'confirming':
    case 'stored':
      return file.size;
    default:
      return 0;
  }
}

function staged(upload: Upload, stage: UploadStage): Upload {
  return { ...upload, stage };
}

/** The earlier request was refused for certain, so the choice is a new write with a new key. */
function chosen(upload: Upload, { choice, path, key }: Extract<UploadEvent, { readonly kind: 'choose' }>): Upload {
  if (choice === 'skip') return staged(upload, { kind: 'skipped' });
  return { ...upload, path, key, clashRule: choice, stage: { kind: 'waiting' } };
}
