/** The queue of uploads as components see it: drawn again at the rate at which the queue tells. */
import { useEffect, useRef, useState } from 'react';
import { useObservable } from '../api/observable.ts';
import { type Rate, readRate, startRate } from '../format/rate.ts';
import { useNetStore } from '../net-store.ts';
import type { UploadQueue } from './upload-queue.ts';
import type { UploadTotals } from './upload-totals.ts';
import { describeTotals } from './upload-words.ts';

export function useUploads(): { readonly queue: UploadQueue; readonly totals: UploadTotals; readonly revision: number } {
  const { queue } = useNetStore().uploads;
  const revision = useObservable(queue.revision);
  return { queue, totals: queue.totals, revision };
}

/** The speed of all uploads together; begins anew whenever a quiet queue gets work. */
export function useRate(totals: UploadTotals): Rate {
  const [rate, setRate] = useState<Rate>(() => startRate(Date.now()));
  const isBusy = totals.unfinished > 0;
  const sentBytes = useRef(totals.sentBytes);
  sentBytes.current = totals.sentBytes;
  useEffect(() => {
    if (!isBusy) return;
    setRate(startRate(Date.now(), sentBytes.current));
    const timer = window.setInterval(() => setRate((before) => readRate(before, Date.now(), sentBytes.current)), 500);
    return () => window.clearInterval(timer);
  }, [isBusy]);
  return rate;
}

/** Says to screen readers when uploads begin, need a choice, and end. */
export function useUploadAnnouncements(totals: UploadTotals): void {
  const { notices } = useNetStore();
  const isBusy = totals.unfinished > 0;
  const needsChoice = totals.clashes > 0;
  const wasBusy = useRef(false);
  const summary = describeTotals(totals);
  useEffect(() => {
    if (isBusy === wasBusy.current) return;
    wasBusy.current = isBusy;
    notices.speak(isBusy ? 'Uploading.' : summary);
  }, [isBusy, summary, notices]);
  useEffect(() => {
    if (needsChoice) notices.speak('A file of that name exists. Choose what to do.');
  }, [needsChoice, notices]);
}

/** Asks before the page is left while files would be lost on the way. */
export function useLeaveWarning(isBusy: boolean): void {
  useEffect(() => {
    if (!isBusy) return;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [isBusy]);
}
