/**
 * The questions before a shared space is deleted. First nobody adds to it any more and what is in it goes to the trash, which can be undone; then
 * it goes for good with everything that was counted. Every step can be done again when the page was closed in between.
 */
import type { SpaceDetail } from '@netstore/shared-types';
import { useEffect, useState } from 'react';
import { formatCount, formatSize } from '../../format/size.ts';
import { useNetStore } from '../../net-store.ts';
import { AskDialog } from '../ask-dialog.tsx';
import { ProblemLine } from '../problem-note.tsx';
import { TextField } from '../text-field.tsx';
import { purgeAll } from '../trash/purge-all.ts';
import { amountWords } from '../trash/trash-amount.ts';
import { type Collecting, useCollectedTrash } from '../trash/use-collected-trash.ts';
import { trashAll } from './trash-all.ts';

interface EndingProps {
  readonly space: SpaceDetail;
  readonly onDone: (words: string, space: SpaceDetail) => void;
  readonly onClose: () => void;
}

export function EndSpaceDialog({ space, onDone, onClose }: EndingProps) {
  const { spaces, files, trash } = useNetStore();
  const signal = useOpenSignal();
  const [typed, setTyped] = useState('');
  const end = async (): Promise<void> => {
    const marked = await spaces.markEnding(space.name);
    if (space.role !== null) await trashAll(files, space.name, signal());
    await trash.renew(space.name);
    onDone(`${space.name} is being deleted: nobody adds to it any more.`, marked);
  };
  return (
    <AskDialog
      title={`Delete ${space.name}?`}
      submitLabel="Begin to delete"
      isDangerous
      canSubmit={typed === space.name}
      action={end}
      onClose={onClose}
    >
      <p className="dialog-text">
        From now on nobody adds to the space, and its links stop working.{' '}
        {space.role === null
          ? 'You have no role in it: its files stay until somebody who has one deletes them.'
          : 'Everything in it goes to its trash.'}
        {space.usedBytes !== null && <strong> {formatSize(space.usedBytes)} are stored in it, old versions and the trash included.</strong>}
      </p>
      <p className="dialog-text">You can keep it after all, until you delete it for good in a second step.</p>
      <TypedName name={space.name} typed={typed} onChange={setTyped} />
    </AskDialog>
  );
}

export function KeepSpaceDialog({ space, onDone, onClose }: EndingProps) {
  const { spaces } = useNetStore();
  const keep = async (): Promise<void> => onDone(`${space.name} is kept.`, await spaces.keep(space.name));
  return (
    <AskDialog title={`Keep ${space.name}?`} submitLabel="Keep it" action={keep} onClose={onClose}>
      <p className="dialog-text">
        Whoever could add to it can do so again, and its links work again. What is in its trash can be restored from there.
      </p>
    </AskDialog>
  );
}

export function DeleteSpaceDialog({ space, onGone, onClose }: Omit<EndingProps, 'onDone'> & { readonly onGone: (words: string) => void }) {
  const { spaces, files } = useNetStore();
  const signal = useOpenSignal();
  const [typed, setTyped] = useState('');
  const [round, setRound] = useState(0);
  const isSeen = space.role !== null;
  const trash = useCollectedTrash(space.name, { round, isAsked: isSeen });
  const remove = async (): Promise<void> => {
    if (isSeen && (await trashAll(files, space.name, signal())) > 0) {
      // Nobody has been told of these: they are counted, and asked about again.
      setRound(round + 1);
      return;
    }
    await purgeAll(files, { space: space.name, ids: trash.collected?.ids ?? [], signal: signal() });
    await untilOver(async () => (await spaces.find(space.name, signal())).ending?.secondsLeft ?? 0, signal());
    await spaces.delete(space.name);
    onGone(`${space.name} is deleted.`);
  };
  return (
    <AskDialog
      title={`Delete ${space.name} for good?`}
      submitLabel="Delete forever"
      busyLabel="Deleting…"
      isDangerous
      canSubmit={typed === space.name && (!isSeen || trash.collected !== undefined)}
      action={remove}
      onClose={onClose}
    >
      {isSeen ? (
        <WhatGoes {...trash} isMore={round > 0} />
      ) : (
        <p className="dialog-text">You have no role in the space and cannot delete its files: it goes only if it is empty.</p>
      )}
      <p className="dialog-text">
        The space goes with its members, rules, links and keys. It may take a minute, until uploads that had begun before are over.
      </p>
      <TypedName name={space.name} typed={typed} onChange={setTyped} />
    </AskDialog>
  );
}

function WhatGoes({ found, collected, problem, isMore }: Collecting & { readonly isMore: boolean }) {
  if (problem !== undefined) return <ProblemLine problem={problem} />;
  const entries = formatCount(collected?.ids.length ?? found.entries, 'entry', 'entries');
  return (
    <p className="dialog-text" role="status">
      {isMore && 'There was more in the space. '}
      {collected === undefined && `Counting what is in it: ${entries}…`}
      {collected !== undefined && collected.ids.length === 0 && 'Nothing is in its trash.'}
      {collected !== undefined && collected.ids.length > 0 && (
        <>
          This deletes{' '}
          <strong>
            {entries}: {amountWords(collected.amount)}
          </strong>{' '}
          with all their versions, on all nodes. It cannot be undone.
        </>
      )}
    </p>
  );
}

function TypedName({
  name,
  typed,
  onChange,
}: {
  readonly name: string;
  readonly typed: string;
  readonly onChange: (typed: string) => void;
}) {
  return <TextField label={`Type ${name} to go on`} value={typed} onChange={onChange} autoCapitalize="none" required isFirst />;
}

/** Ends when the dialog is closed: whatever it was doing is gone on with when it is opened again. */
function useOpenSignal(): () => AbortSignal {
  const [controller] = useState(() => ({ current: new AbortController() }));
  useEffect(() => {
    if (controller.current.signal.aborted) controller.current = new AbortController();
    return () => controller.current.abort();
  }, [controller]);
  return () => controller.current.signal;
}

const ROUNDS_MAX = 10;

async function untilOver(secondsLeft: () => Promise<number>, signal: AbortSignal): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const seconds = await secondsLeft();
    if (seconds === 0) return;
    await new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));
    signal.throwIfAborted();
  }
}
