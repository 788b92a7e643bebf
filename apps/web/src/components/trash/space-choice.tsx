import { useNavigate } from 'react-router';
import { trashAddress } from '../../names/path.ts';
import { Icon } from '../icon.tsx';
import { Menu } from '../menu.tsx';

interface SpaceChoiceProps {
  readonly space: string;
  readonly spaces: readonly string[];
}

/** Whose trash is shown. Nothing to choose for those who have one space. */
export function SpaceChoice({ space, spaces }: SpaceChoiceProps) {
  const navigate = useNavigate();
  if (spaces.length < 2) return null;
  const items = spaces.map((name) => ({ label: name, icon: 'folder', onSelect: () => void navigate(trashAddress(name)) }) as const);
  return (
    <Menu label={`Trash of ${space}. Choose another space`} className="button button-small" items={items}>
      <bdi>{space}</bdi>
      <Icon name="chevron-down" size={16} />
    </Menu>
  );
}
