import { type UsageFigures, usageWords } from '../format/usage.ts';

/** How much is taken of what may be; a bar where both are known, nothing where neither is. */
export function Usage({ usedBytes, bytesMax }: UsageFigures) {
  const words = usageWords({ usedBytes, bytesMax });
  if (words === undefined) return null;
  const isFull = usedBytes !== null && bytesMax !== null && usedBytes >= bytesMax;
  return (
    <div className={isFull ? 'usage is-full' : 'usage'}>
      <p>{words}</p>
      {/* The words say the same: read out, the bar would say it twice. */}
      {usedBytes !== null && bytesMax !== null && (
        <progress aria-hidden="true" max={Math.max(1, bytesMax)} value={isFull ? Math.max(1, bytesMax) : usedBytes} />
      )}
    </div>
  );
}
