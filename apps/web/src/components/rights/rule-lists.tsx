/** Who has which role in a space, and what differs in its folders. */
import type { Grant, GrantList, GrantRole } from '@netstore/shared-types';
import { Icon } from '../icon.tsx';
import { SubjectMark } from '../subject-mark.tsx';
import { ruleWords } from './right-words.ts';
import { RuleRow } from './rule-row.tsx';
import { membersOf, rulesByFolder } from './rules-by-folder.ts';

interface RuleListProps {
  readonly list: GrantList;
  readonly isBusy: boolean;
  /** `undefined` for those who may only look. */
  readonly onRole: ((grant: Grant, role: GrantRole | null) => void) | undefined;
}

export function MemberList(props: RuleListProps) {
  const { owner, grants } = props.list;
  return (
    <ul className="people" aria-label="Members">
      <li className="person">
        <SubjectMark kind="user" name={owner} />
        <div className="person-text">
          <p className="person-name">
            <bdi>{owner}</bdi>
          </p>
          <p className="person-extra">{owner} owns the space and may do everything in it.</p>
        </div>
        <span className="badge is-primary">Owner</span>
      </li>
      <Rows {...props} grants={membersOf(grants)} />
    </ul>
  );
}

export function FolderRuleLists(props: RuleListProps) {
  return rulesByFolder(props.list.grants).map(({ folder, grants }) => (
    <section key={folder} aria-label={`Rules for ${folder}`}>
      <h3 className="rule-folder">
        <Icon name="folder" size={20} />
        <bdi>{folder}</bdi>
      </h3>
      <ul className="people">
        <Rows {...props} grants={grants} />
      </ul>
    </section>
  ));
}

function Rows({ list, grants, isBusy, onRole }: RuleListProps & { readonly grants: readonly Grant[] }) {
  return grants.map((grant) => (
    <RuleRow
      key={`${grant.subject.kind} ${grant.subject.name}`}
      grant={grant}
      words={ruleWords(grant, list)}
      isBusy={isBusy}
      onRole={onRole === undefined ? undefined : (role) => onRole(grant, role)}
    />
  ));
}
