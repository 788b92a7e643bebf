/** Who can see a file or folder, and why: for those who look after the space. */
import type { Entry } from '@netstore/shared-types';
import { useState } from 'react';
import { Link } from 'react-router';
import { membersAddress } from '../../names/path.ts';
import { MoreButton } from '../list/more-button.tsx';
import { ProblemLine } from '../problem-note.tsx';
import { useViewers } from '../spaces/use-spaces.ts';
import { GiveRoleDialog } from './give-role-dialog.tsx';
import { actionsWords, reasonWords } from './right-words.ts';
import { useRules } from './use-rules.ts';

interface WhoCanSeeProps {
  readonly space: string;
  readonly path: string;
  readonly kind: Entry['kind'];
  /** Whether rules may be given as well. */
  readonly canChange: boolean;
}

export function WhoCanSee({ space, path, kind, canChange }: WhoCanSeeProps) {
  const viewers = useViewers(space, path);
  return (
    <section aria-label="Who can see this">
      <h3 className="details-heading">Who can see this, and why</h3>
      {viewers.isLoading && <p className="viewer-reason">Loading…</p>}
      {viewers.problem !== null && <ProblemLine problem={viewers.problem} />}
      <ul className="viewers">
        {viewers.entries.map(({ username, actions, reason }) => (
          <li key={username}>
            <p className="viewer-name">
              <bdi>{username}</bdi>
              <span>{actionsWords(actions)}</span>
            </p>
            <p className="viewer-reason">{reasonWords(reason, username)}.</p>
          </li>
        ))}
      </ul>
      <MoreButton loaded={viewers} />
      <div className="viewer-ways">
        {canChange && kind === 'folder' && <GiveHere space={space} folder={path} />}
        <Link className="button button-small" to={membersAddress(space)}>
          All rules
        </Link>
      </div>
    </section>
  );
}

function GiveHere({ space, folder }: { readonly space: string; readonly folder: string }) {
  const rules = useRules(space);
  const [isAsked, setIsAsked] = useState(false);
  const close = (): void => setIsAsked(false);
  return (
    <>
      <button type="button" className="button button-small" onClick={() => setIsAsked(true)}>
        New rule here…
      </button>
      {isAsked && (
        <GiveRoleDialog
          space={space}
          where="folder"
          folder={folder}
          canWalk
          onGive={async (grant) => {
            await rules.give(grant);
            close();
          }}
          onClose={close}
        />
      )}
    </>
  );
}
