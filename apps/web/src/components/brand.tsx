/** The mark: three copies, the last one settling. */
export function Brand() {
  return (
    <span className="brand">
      <svg className="brand-mark" width="22" height="22" viewBox="0 0 22 22" aria-hidden="true" focusable="false">
        <rect x="2" y="3" width="5" height="16" rx="2.5" />
        <rect x="8.5" y="3" width="5" height="16" rx="2.5" />
        <rect className="brand-mark-live" x="15" y="3" width="5" height="16" rx="2.5" />
      </svg>
      NetStore
    </span>
  );
}
