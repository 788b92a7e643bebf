/** The uploads in the corner of every page: the whole at a glance, and each one on demand. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import { Icon } from '../components/icon.tsx';
import { IconButton } from '../components/icon-button.tsx';
import { type Rate, remainingMs } from '../format/rate.ts';
import { formatPercent, formatSize } from '../format/size.ts';
import { formatDuration } from '../format/time.ts';
import { isInWork, isUnfinished, type Upload } from './upload.ts';
import { UploadClashDialog } from './upload-clash-dialog.tsx';
import type { UploadQueue } from './upload-queue.ts';
import { UploadRow } from './upload-row.tsx';
import type { UploadTotals } from './upload-totals.ts';
import { describeTotals } from './upload-words.ts';
import { useLeaveWarning, useRate, useUploadAnnouncements, useUploads } from './use-uploads.ts';

const ROW_PX = 60;

export function UploadTray() {
  const { queue, totals, revision } = useUploads();
  const [isOpen, setIsOpen] = useState(true);
  const rate = useRate(totals);
  useUploadAnnouncements(totals);
  useLeaveWarning(totals.unfinished > 0);
  if (totals.count === 0) return null;
  return (
    <section className={`tray ${isOpen ? 'is-open' : ''}`} aria-label="Uploads">
      <TrayHead totals={totals} rate={rate} isOpen={isOpen} onToggle={() => setIsOpen(!isOpen)} onClear={() => queue.clearFinished()} />
      {isOpen && <TrayRows queue={queue} revision={revision} />}
      {isOpen && <TrayFoot queue={queue} totals={totals} />}
      <NextClash queue={queue} totals={totals} />
    </section>
  );
}

interface TrayHeadProps {
  readonly totals: UploadTotals;
  readonly rate: Rate;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  readonly onClear: () => void;
}

function TrayHead({ totals, rate, isOpen, onToggle, onClear }: TrayHeadProps) {
  const isBusy = totals.unfinished > 0;
  return (
    <header className="tray-head">
      <div className="tray-words">
        <strong className="tray-title">{describeTotals(totals)}</strong>
        <span className="tray-speed">{isBusy ? speedWords(totals, rate) : copiesWords(totals)}</span>
      </div>
      <IconButton
        icon="chevron-down"
        className={isOpen ? 'is-down' : 'is-up'}
        label={isOpen ? 'Show less' : 'Show all uploads'}
        aria-expanded={isOpen}
        onClick={onToggle}
      />
      {!isBusy && <IconButton icon="close" label="Close the list of uploads" onClick={onClear} />}
      {isBusy && <progress className="tray-progress" aria-label="All uploads" max={Math.max(1, totals.bytes)} value={totals.sentBytes} />}
    </header>
  );
}

function speedWords(totals: UploadTotals, rate: Rate): string {
  const parts = [`${formatPercent(totals.sentBytes, totals.bytes)} of ${formatSize(totals.bytes)}`];
  if (rate.bytesPerSecond !== undefined && rate.bytesPerSecond >= 1) parts.push(`${formatSize(rate.bytesPerSecond)}/s`);
  const leftMs = remainingMs(rate, totals.bytes - totals.sentBytes);
  if (leftMs !== undefined && leftMs > 1000) parts.push(`${formatDuration(leftMs)} left`);
  return parts.join(' · ');
}

function copiesWords(totals: UploadTotals): string {
  if (totals.stored === 0) return '';
  if (totals.complete === totals.stored) return 'Every copy is in place';
  return `Durable; ${(totals.stored - totals.complete).toLocaleString('en')} still getting the last copy`;
}

function TrayRows({ queue, revision }: { readonly queue: UploadQueue; readonly revision: number }) {
  const scroller = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision stands for the content of the queue.
  const uploads = useMemo(() => queue.list().sort((a, b) => rankOf(a) - rankOf(b) || a.id - b.id), [queue, revision]);
  const rows = useVirtualizer({ count: uploads.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_PX, overscan: 4 });
  return (
    <div ref={scroller} className="tray-scroll">
      <ul className="tray-rows" style={{ height: `${rows.getTotalSize()}px` }}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const upload = uploads[index];
          return upload && <UploadRow key={upload.id} upload={upload} queue={queue} top={start} />;
        })}
      </ul>
    </div>
  );
}

/** What needs somebody comes first, then what is at work, what waits, and what is done. */
function rankOf(upload: Upload): number {
  if (upload.stage.kind === 'failed' || upload.stage.kind === 'clash') return 0;
  if (isInWork(upload)) return 1;
  return isUnfinished(upload) ? 2 : 3;
}

function TrayFoot({ queue, totals }: { readonly queue: UploadQueue; readonly totals: UploadTotals }) {
  if (totals.unfinished === 0 && totals.failed === 0) return null;
  return (
    <footer className="tray-foot">
      {totals.failed > 0 && (
        <button type="button" className="button button-small" onClick={() => queue.retryFailed()}>
          <Icon name="retry" size={16} />
          Retry failed
        </button>
      )}
      {totals.unfinished > 0 && (
        <button type="button" className="button button-small" onClick={() => queue.cancelAll()}>
          Cancel all
        </button>
      )}
    </footer>
  );
}

function NextClash({ queue, totals }: { readonly queue: UploadQueue; readonly totals: UploadTotals }) {
  if (totals.clashes === 0) return null;
  const uploads = queue.list();
  const clash = uploads.find((upload) => upload.stage.kind === 'clash');
  if (clash === undefined) return null;
  const othersCount = uploads.filter((upload) => upload.batch === clash.batch && upload.id !== clash.id && isUnfinished(upload)).length;
  return (
    <UploadClashDialog
      key={clash.id}
      upload={clash}
      othersCount={othersCount}
      onChoose={(choice, isForAll) => queue.choose(clash.id, choice, isForAll)}
    />
  );
}
