/** Asks what to do where a file of that name exists; one answer may stand for all files that were added together. */
import type { ClashChoice } from '../api/clash-questions.ts';
import { ClashDialog, type ClashOption } from '../components/dialogs/clash-dialog.tsx';
import { formatCount } from '../format/size.ts';
import { nextName } from '../names/conflict-name.ts';
import { nameOf, parentOf } from '../names/path.ts';
import type { Upload } from './upload.ts';

interface UploadClashDialogProps {
  readonly upload: Upload;
  /** Other uploads of the same batch: they may meet the same question. */
  readonly othersCount: number;
  readonly onChoose: (choice: ClashChoice, isForAll: boolean) => void;
}

export function UploadClashDialog({ upload, othersCount, onChoose }: UploadClashDialogProps) {
  const name = nameOf(upload.path);
  const folder = parentOf(upload.path);
  const options: readonly ClashOption[] = [
    { choice: 'replace', label: 'Replace', text: 'The upload becomes the newest version. The old one stays among the versions.' },
    {
      choice: 'keep-both',
      label: 'Keep both',
      text: (
        <>
          The upload is stored as <bdi>{nextName(name)}</bdi>.
        </>
      ),
    },
    { choice: 'skip', label: 'Skip', text: 'Nothing is changed.' },
  ];
  return (
    <ClashDialog
      title="A file of that name exists"
      text={
        <>
          <strong>
            <bdi>{name}</bdi>
          </strong>{' '}
          is in <bdi>{folder === '' ? upload.space : folder}</bdi> already.
        </>
      }
      options={options}
      forAllLabel={othersCount > 0 ? `Do the same for ${formatCount(othersCount, 'other file', 'other files')} of this upload` : undefined}
      onChoose={onChoose}
    />
  );
}
