import { useMe } from '../../api/use-me.ts';
import { Usage } from '../usage.tsx';

/** Uploads and deletions go on beside: what is shown here is asked for anew. */
const STALE_MS = 5_000;

/** How much all spaces that one owns take together. */
export function StorageCard() {
  const { data: me } = useMe(STALE_MS);
  if (me === undefined || (me.usedBytes === null && me.bytesMax === null)) return null;
  return (
    <section className="card" aria-labelledby="storage-title">
      <h2 id="storage-title" className="section-title">
        Storage
      </h2>
      <p className="section-text">All spaces that you own together, with older versions and the trash.</p>
      <Usage usedBytes={me.usedBytes} bytesMax={me.bytesMax} />
    </section>
  );
}
