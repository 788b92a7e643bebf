interface SelectAllProps {
  readonly selectedCount: number;
  readonly loadedCount: number;
  readonly onSelectAll: (isAll: boolean) => void;
}

/** The checkbox in the head of a list. */
export function SelectAll({ selectedCount, loadedCount, onSelectAll }: SelectAllProps) {
  const isAll = loadedCount > 0 && selectedCount === loadedCount;
  return (
    <input
      type="checkbox"
      className="checkbox"
      aria-label="Select all loaded entries"
      checked={isAll}
      ref={(box) => {
        if (box !== null) box.indeterminate = selectedCount > 0 && !isAll;
      }}
      onChange={() => onSelectAll(!isAll)}
    />
  );
}
