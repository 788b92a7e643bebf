/** Asks what to do where something is already that an entry is moved or restored to. */
import { type ClashQuestion, isPossible } from '../../api/clash-questions.ts';
import { useObservable } from '../../api/observable.ts';
import { formatSize } from '../../format/size.ts';
import { formatTime } from '../../format/time.ts';
import { parentOf } from '../../names/path.ts';
import { useNetStore } from '../../net-store.ts';
import { ClashDialog, type ClashOption } from './clash-dialog.tsx';

export function EntryClash() {
  const { clashes } = useNetStore();
  const question = useObservable(clashes.open);
  return question && <EntryClashDialog key={question.id} question={question} />;
}

function EntryClashDialog({ question }: { readonly question: ClashQuestion }) {
  const { space, kind, existing, hasOthers, onAnswer } = question;
  const folder = parentOf(existing.path);
  const options: readonly ClashOption[] = [
    { choice: 'replace', label: 'Replace', text: `The ${existing.kind} that is there goes to the trash.` },
    { choice: 'keep-both', label: 'Keep both', text: `The ${kind} that comes gets a number behind its name.` },
    { choice: 'skip', label: 'Skip', text: 'Nothing is changed.' },
  ];
  return (
    <ClashDialog
      title={`A ${existing.kind} of that name exists`}
      text={
        <>
          <strong>
            <bdi>{existing.name}</bdi>
          </strong>{' '}
          is in <bdi>{folder === '' ? space : folder}</bdi> already: a {existing.kind}
          {existing.kind === 'file' && ` of ${formatSize(existing.sizeBytes)}`}, modified {formatTime(existing.modifiedAt)}.
        </>
      }
      options={options.filter(({ choice }) => isPossible(choice, question))}
      forAllLabel={hasOthers ? 'Do the same for all that follow' : undefined}
      onChoose={onAnswer}
    />
  );
}
