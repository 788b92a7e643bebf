const ROWS = ['62%', '38%', '51%', '44%', '70%', '33%', '57%', '48%'];

/** The shape of a list that is on its way. */
export function ListSkeleton() {
  return (
    <div className="skeleton" role="status">
      <span className="visually-hidden">Loading the list…</span>
      {ROWS.map((width) => (
        <div key={width} className="skeleton-row">
          <span className="skeleton-box" />
          <span className="skeleton-line" style={{ width }} />
        </div>
      ))}
    </div>
  );
}
