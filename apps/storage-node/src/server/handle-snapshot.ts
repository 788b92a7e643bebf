/** Get snapshot: a copy of this node's catalogue, for a node that cannot make its own from the log. */
import type { SnapshotShelf } from '../catalogue/snapshot/snapshot-shelf.ts';
import type { Handler } from './handler.ts';

export function snapshotHandler({ shelf }: { readonly shelf: SnapshotShelf }): Handler<'GET_SNAPSHOT'> {
  return async (wanted, connection) => {
    const snapshot = await shelf.get(wanted.snapshotId);
    const { snapshotId, position, epoch, sizeBytes } = snapshot;
    const firstChunk = snapshotId === wanted.snapshotId ? wanted.firstChunk : 0;
    const digest = Buffer.from(snapshot.digest, 'hex');
    const sha256 = Buffer.from(snapshot.sha256, 'hex');
    await connection.send('SNAPSHOT', { snapshotId, firstChunk, position, epoch, digest, sizeBytes, sha256 });
    for await (const chunk of shelf.read(snapshot, firstChunk)) await connection.sendData(chunk);
    await connection.send('SNAPSHOT_END', {});
  };
}
