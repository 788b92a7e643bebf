/** Names what an operation is about: the first few, and how many more. */
import { formatCount } from '../../format/size.ts';
import { Icon, type IconName } from '../icon.tsx';

export interface NamedEntry {
  readonly key: string;
  readonly icon: IconName;
  readonly name: string;
  readonly extra: string;
}

const NAMED_MAX = 6;

export function NameList({ entries }: { readonly entries: readonly NamedEntry[] }) {
  return (
    <ul className="name-list">
      {entries.slice(0, NAMED_MAX).map(({ key, icon, name, extra }) => (
        <li key={key} className="name-list-item">
          <Icon name={icon} size={20} />
          <bdi className="name-list-name">{name}</bdi>
          <span className="name-list-extra">{extra}</span>
        </li>
      ))}
      {entries.length > NAMED_MAX && (
        <li className="name-list-more">and {formatCount(entries.length - NAMED_MAX, 'more entry', 'more entries')}</li>
      )}
    </ul>
  );
}
