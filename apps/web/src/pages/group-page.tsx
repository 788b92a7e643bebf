/** Who is in one group. Admins change that; auditors look. */
import type { Me } from '@netstore/shared-types';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { ApiProblem } from '../api/api-problem.ts';
import { AddMemberDialog } from '../components/groups/group-dialogs.tsx';
import { useGroupChanges, useGroupMembers } from '../components/groups/use-groups.ts';
import { IconButton } from '../components/icon-button.tsx';
import { ListSkeleton } from '../components/list/list-skeleton.tsx';
import { MoreButton } from '../components/list/more-button.tsx';
import { ProblemNote } from '../components/problem-note.tsx';
import { Page } from '../components/shell/page.tsx';
import { SubjectMark } from '../components/subject-mark.tsx';
import { useNetStore } from '../net-store.ts';
import { NotFoundPage } from './not-found-page.tsx';

export function GroupPage({ me }: { readonly me: Me }) {
  const { group = '' } = useParams();
  const { groups, notices } = useNetStore();
  const renew = useGroupChanges();
  const members = useGroupMembers(group);
  const [isAdding, setIsAdding] = useState(false);
  const isAdmin = me.roles.includes('admin');
  const done = (words: string): void => {
    setIsAdding(false);
    notices.done(words);
    renew();
  };
  const remove = async (user: string): Promise<void> => {
    try {
      await groups.removeMember(group, user);
      done(`${user} is not in ${group} any more.`);
    } catch (thrown) {
      notices.problem(`${user} was not taken out of ${group}.`, thrown);
    }
  };
  if (members.problem instanceof ApiProblem && members.problem.status === 404) return <NotFoundPage />;
  return (
    <Page
      name={`The group ${group}`}
      heading={
        <>
          Group <bdi>{group}</bdi>
        </>
      }
      beside={
        <div className="toolbar">
          <Link className="button" to="/groups">
            All groups
          </Link>
          {isAdmin && (
            <button type="button" className="button button-primary" onClick={() => setIsAdding(true)}>
              Add
            </button>
          )}
        </div>
      }
    >
      <div className="page-body">
        {members.isLoading && <ListSkeleton />}
        {members.problem !== null && (
          <ProblemNote title="The list could not be loaded" problem={members.problem} onRetry={members.reload} />
        )}
        {!members.isLoading && members.problem === null && members.entries.length === 0 && (
          <p className="people-none">Nobody is in this group yet.</p>
        )}
        <ul className="people" aria-label={`Members of ${group}`}>
          {members.entries.map((name) => (
            <GroupMember key={name} name={name} group={group} onRemove={isAdmin ? () => void remove(name) : undefined} />
          ))}
        </ul>
        <MoreButton loaded={members} />
      </div>
      {isAdding && <AddMemberDialog group={group} onDone={done} onClose={() => setIsAdding(false)} />}
    </Page>
  );
}

interface GroupMemberProps {
  readonly name: string;
  readonly group: string;
  /** `undefined` for those who may only look. */
  readonly onRemove: (() => void) | undefined;
}

function GroupMember({ name, group, onRemove }: GroupMemberProps) {
  return (
    <li className="person">
      <SubjectMark kind="user" name={name} />
      <p className="person-text person-name">
        <bdi>{name}</bdi>
      </p>
      {onRemove !== undefined && <IconButton icon="close" label={`Take ${name} out of ${group}`} onClick={onRemove} />}
    </li>
  );
}
