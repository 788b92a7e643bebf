/** How much all spaces of one owner may take together. What it is now is asked for first, so that nobody saves over what they did not see. */
import type { OwnerUsage } from '@netstore/shared-types';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { readSize, writeSize } from '../../format/read-size.ts';
import { useNetStore } from '../../net-store.ts';
import { AskDialog } from '../ask-dialog.tsx';
import { Dialog } from '../dialog.tsx';
import { SizeField } from '../pick/size-field.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { Usage } from '../usage.tsx';
import type { PersonDialogProps } from './person-dialogs.tsx';

export function PersonQuotaDialog(props: PersonDialogProps) {
  const { person, onClose } = props;
  const { people } = useNetStore();
  const { data, error, refetch } = useQuery({
    queryKey: ['quota-of', person.id],
    queryFn: ({ signal }) => people.quota(person.id, signal),
    gcTime: 0,
  });
  if (data !== undefined) return <QuotaForm {...props} quota={data} />;
  return (
    <Dialog title={titleFor(props)} onClose={onClose}>
      {error === null ? (
        <p role="status">Loading…</p>
      ) : (
        <ProblemNote title="The quota could not be loaded" problem={error} onRetry={() => void refetch()} />
      )}
    </Dialog>
  );
}

function QuotaForm({ quota, ...props }: PersonDialogProps & { readonly quota: OwnerUsage }) {
  const { person, onDone, onClose } = props;
  const { people } = useNetStore();
  const [text, setText] = useState(writeSize(quota.bytesMax));
  const bytesMax = readSize(text);
  const save = async (): Promise<void> => {
    if (bytesMax === undefined) return;
    await people.setQuota(person.id, { bytesMax });
    onDone(`The quota of ${person.username} is changed.`);
  };
  return (
    <AskDialog title={titleFor(props)} submitLabel="Save" canSubmit={bytesMax !== undefined} action={save} onClose={onClose}>
      <Usage {...quota} />
      <SizeField
        label="Quota"
        value={text}
        onChange={setText}
        hint="For all spaces that they own together, versions and trash included. Leave it empty for no limit."
      />
    </AskDialog>
  );
}

function titleFor({ person }: PersonDialogProps): string {
  return `Quota of ${person.username}`;
}
