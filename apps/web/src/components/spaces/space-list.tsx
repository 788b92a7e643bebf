import type { Me, SpaceDetail } from '@netstore/shared-types';
import { seesMembers } from '../../api/space-rights.ts';
import { ListSkeleton } from '../list/list-skeleton.tsx';
import { MoreButton } from '../list/more-button.tsx';
import type { Loaded } from '../list/use-loaded.ts';
import { ProblemNote } from '../problem-note.tsx';
import { type SpaceAction, spaceActions } from './space-actions.ts';
import { SpaceRow } from './space-row.tsx';

interface SpaceListProps {
  readonly label: string;
  readonly me: Me;
  readonly spaces: Loaded<SpaceDetail>;
  readonly none: string;
  readonly onAction: (space: SpaceDetail, action: SpaceAction) => void;
}

export function SpaceList({ label, me, spaces, none, onAction }: SpaceListProps) {
  if (spaces.isLoading) return <ListSkeleton />;
  if (spaces.problem !== null) return <ProblemNote title="The list could not be loaded" problem={spaces.problem} onRetry={spaces.reload} />;
  if (spaces.entries.length === 0 && !spaces.hasMore) return <p className="people-none">{none}</p>;
  const { roles, user } = me;
  return (
    <>
      <ul className="people" aria-label={label}>
        {spaces.entries.map((space) => (
          <SpaceRow
            key={space.id}
            space={space}
            ownName={user.username}
            seesMembers={seesMembers({ role: space.role, roles })}
            actions={spaceActions({ space, roles, onAction: (action) => onAction(space, action) })}
          />
        ))}
      </ul>
      <MoreButton loaded={spaces} />
    </>
  );
}
