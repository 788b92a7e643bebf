import type { User } from '@netstore/shared-types';
import { ListSkeleton } from '../list/list-skeleton.tsx';
import { MoreButton } from '../list/more-button.tsx';
import type { Loaded } from '../list/use-loaded.ts';
import { ProblemNote } from '../problem-note.tsx';
import { useNow } from '../use-now.ts';
import { type PersonAction, PersonRow } from './person-row.tsx';

interface PeopleListProps {
  readonly people: Loaded<User>;
  readonly ownId: string;
  /** `undefined` for those who may only look. */
  readonly onAction: ((person: User, action: PersonAction) => void) | undefined;
}

export function PeopleList({ people, ownId, onAction }: PeopleListProps) {
  const nowMs = useNow();
  if (people.isLoading) return <ListSkeleton />;
  if (people.problem !== null) return <ProblemNote title="The list could not be loaded" problem={people.problem} onRetry={people.reload} />;
  if (people.entries.length === 0) return <p className="people-none">Nobody has such a name.</p>;
  return (
    <>
      <ul className="people" aria-label="People">
        {people.entries.map((person) => (
          <PersonRow
            key={person.id}
            person={person}
            isSelf={person.id === ownId}
            nowMs={nowMs}
            onAction={onAction === undefined ? undefined : (action) => onAction(person, action)}
          />
        ))}
      </ul>
      <MoreButton loaded={people} />
    </>
  );
}
