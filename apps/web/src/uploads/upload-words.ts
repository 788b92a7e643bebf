/** What the page says about an upload. Pure. The words claim nothing that the server has not said. */
import { formatPercent } from '../format/size.ts';
import type { UploadStage } from './upload.ts';
import type { UploadTotals } from './upload-totals.ts';

export type UploadTone = 'quiet' | 'busy' | 'durable' | 'partial' | 'whole' | 'bad';

export interface UploadWords {
  readonly text: string;
  readonly tone: UploadTone;
}

export function describeStage(stage: UploadStage, sizeBytes: number): UploadWords {
  switch (stage.kind) {
    case 'waiting':
      return { text: 'Waiting', tone: 'quiet' };
    case 'sending':
      return { text: `Sending, ${formatPercent(stage.sentBytes, sizeBytes)}`, tone: 'busy' };
    case 'confirming':
      return { text: 'Sent. Waiting for two nodes to hold it', tone: 'busy' };
    case 'retrying':
      return { text: stage.reason === '' ? 'Trying the next name' : `Tries again by itself. ${stage.reason}`, tone: 'partial' };
    case 'clash':
      return { text: 'A file of that name exists', tone: 'partial' };
    case 'stored':
      return stage.durable >= stage.total
        ? { text: `Durable on all nodes, ${stage.durable}/${stage.total}`, tone: 'whole' }
        : { text: `Durable, ${stage.durable}/${stage.total}. The last copy is on its way`, tone: 'durable' };
    case 'failed':
      return stage.failure.isOutcomeUnknown
        ? { text: `Not confirmed: it may or may not be stored. ${stage.failure.message}`, tone: 'bad' }
        : { text: stage.failure.message, tone: 'bad' };
    case 'cancelled':
      return { text: stage.wasSent ? 'Cancelled when it was sent already: it may be stored' : 'Cancelled', tone: 'quiet' };
    case 'skipped':
      return { text: 'Skipped', tone: 'quiet' };
  }
}

/** The headline over all uploads. */
export function describeTotals(totals: UploadTotals): string {
  const done = totals.count - totals.unfinished;
  if (totals.clashes > 0 && totals.unfinished === totals.clashes) return 'Waiting for your choice';
  if (totals.unfinished > 0) return `Uploading ${(done + 1).toLocaleString('en')} of ${totals.count.toLocaleString('en')}`;
  const parts: string[] = [];
  if (totals.stored > 0) parts.push(`${totals.stored.toLocaleString('en')} uploaded`);
  if (totals.failed > 0) parts.push(`${totals.failed.toLocaleString('en')} failed`);
  const rest = totals.count - totals.stored - totals.failed;
  if (rest > 0) parts.push(`${rest.toLocaleString('en')} left out`);
  return parts.join(', ');
}
