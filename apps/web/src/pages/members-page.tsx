/** Who is in a space, as what, and what differs in its folders. Its managers and admins change that; auditors look. */
import type { GrantList, Me, SpaceDetail } from '@netstore/shared-types';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { ApiProblem } from '../api/api-problem.ts';
import { changesMembers } from '../api/space-rights.ts';
import { Icon } from '../components/icon.tsx';
import { ListSkeleton } from '../components/list/list-skeleton.tsx';
import { Menu } from '../components/menu.tsx';
import { ProblemNote } from '../components/problem-note.tsx';
import { roleName } from '../components/rights/right-words.ts';
import { SpaceRules } from '../components/rights/space-rules.tsx';
import { Page } from '../components/shell/page.tsx';
import { type SpaceAction, spaceActions } from '../components/spaces/space-actions.ts';
import { SpaceDialog } from '../components/spaces/space-dialogs.tsx';
import { useSpaceChanges } from '../components/spaces/use-space-changes.ts';
import { useGrants, useSpace } from '../components/spaces/use-spaces.ts';
import { Usage } from '../components/usage.tsx';
import { folderAddress, membersAddress } from '../names/path.ts';
import { useNetStore } from '../net-store.ts';
import { NotFoundPage } from './not-found-page.tsx';

export function MembersPage({ me }: { readonly me: Me }) {
  const { space: name = '' } = useParams();
  const space = useSpace(name);
  const grants = useGrants(name);
  if (space.error instanceof ApiProblem && space.error.status === 404) return <NotFoundPage />;
  const problem = space.error ?? grants.error;
  const reload = (): void => void Promise.all([space.refetch(), grants.refetch()]);
  return (
    <Page
      name={`Members of ${name}`}
      heading={
        <>
          Members of <bdi>{name}</bdi>
        </>
      }
      beside={space.data !== undefined && <HeadActions key={space.data.name} me={me} space={space.data} />}
    >
      <div className="page-body">
        {space.data === undefined || grants.data === undefined ? (
          <Missing problem={problem} onRetry={reload} />
        ) : (
          <Members me={me} space={space.data} list={grants.data} />
        )}
      </div>
    </Page>
  );
}

function Missing({ problem, onRetry }: { readonly problem: unknown; readonly onRetry: () => void }) {
  if (problem === null) return <ListSkeleton />;
  return <ProblemNote title="The members could not be loaded" problem={problem} onRetry={onRetry} />;
}

function Members({ me, space, list }: { readonly me: Me; readonly space: SpaceDetail; readonly list: GrantList }) {
  return (
    <>
      <div className="space-facts">
        <p>{space.kind === 'home' ? `Home of ${space.owner}` : `Shared space of ${space.owner}`}</p>
        <p>You: {list.owner === me.user.username ? 'Owner' : roleName(space.role)}</p>
        <Usage {...space} />
        {space.ending !== null && <p>Being deleted: nobody adds to it any more</p>}
      </div>
      <SpaceRules me={me} space={space} list={list} canChange={changesMembers({ role: space.role, roles: me.roles })} />
    </>
  );
}

function HeadActions({ me, space }: { readonly me: Me; readonly space: SpaceDetail }) {
  const { notices } = useNetStore();
  const navigate = useNavigate();
  const renew = useSpaceChanges();
  const [action, setAction] = useState<SpaceAction>();
  const actions = spaceActions({ space, roles: me.roles, onAction: setAction });
  const done = (words: string, after: SpaceDetail): void => {
    setAction(undefined);
    notices.done(words);
    const isRenamed = after.name !== space.name;
    renew(isRenamed ? space.name : undefined);
    if (isRenamed) void navigate(membersAddress(after.name), { replace: true });
  };
  const gone = (words: string): void => {
    setAction(undefined);
    notices.done(words);
    renew(space.name);
    void navigate('/spaces', { replace: true });
  };
  return (
    <div className="toolbar">
      {space.role !== null && (
        <Link className="button" to={folderAddress(space.name, '')}>
          <Icon name="folder" size={18} />
          Files
        </Link>
      )}
      {actions.length > 0 && (
        <Menu label={`Actions for ${space.name}`} className="icon-button" items={actions}>
          <Icon name="more" />
        </Menu>
      )}
      {action !== undefined && (
        <SpaceDialog space={space} action={action} onDone={done} onGone={gone} onClose={() => setAction(undefined)} />
      )}
    </div>
  );
}
