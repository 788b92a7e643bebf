/**
 * Put blob: on the primary from a gateway, fanned out to the secondaries while the bytes arrive; on a secondary from the
 * primary.
 */
import { NetStoreError, type NodeId } from '@netstore/shared-types';
import { BLOB_BYTES_MAX, chunkCountOf, type PutBlob } from '@netstore/wire-protocol';
import type { Connection } from '@netstore/wire-transport';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Discards } from '../replication/discards.ts';
import { FanOut } from '../replication/fan-out.ts';
import type { Members } from '../replication/members.ts';
import type { Peers } from '../replication/peers.ts';
import type { Replicator } from '../replication/replicator.ts';
import type { Handler } from './handler.ts';

const CHUNK_TIMEOUT_MS = 10_000;

export interface PutBlobOptions {
  readonly self: NodeId;
  readonly replicator: Replicator;
  readonly blobs: BlobStore;
  readonly peers: Peers;
  readonly members: Members;
  readonly discards: Discards;
}

export function putBlobHandler(options: PutBlobOptions): Handler<'PUT_BLOB'> {
  return async (body, connection, signal) => {
    checkLength(body);
    // Before anybody can wait for it: a promise that has to be made first may itself wait for what is under way.
    if (body.epoch !== null) await requireEpoch(body.epoch, connection, options);
    const receive = body.epoch === null ? receiveFromGateway : receiveFromPrimary;
    const holders = await options.replicator.arrivals.track(body.blobId, receive(body, connection, options, signal));
    await connection.send('BLOB_HELD', { blobId: body.blobId, holders });
  };
}

function checkLength({ lengthBytes }: PutBlob): void {
  if (lengthBytes < 1 || lengthBytes > BLOB_BYTES_MAX) {
    throw new NetStoreError('NS_BAD_REQUEST', `Blob length is out of range: expected 1 to ${BLOB_BYTES_MAX}, got ${lengthBytes}`);
  }
}

async function receiveFromGateway(body: PutBlob, connection: Connection, options: PutBlobOptions, signal: AbortSignal): Promise<NodeId[]> {
  const { self, replicator, blobs, discards } = options;
  const term = replicator.servingTerm;
  discards.refuse(body.blobId);
  const secondaries = options.peers.all.filter((peer) => options.members.counts(peer.id) && term.progressOf(peer.id)?.isConnected === true);
  if (secondaries.length === 0)
    throw new NetStoreError('NS_NO_QUORUM', 'No secondary is connected: a blob cannot be held by two members now');
  await using writer = await blobs.stage(body.blobId, body.lengthBytes);
  await using fanOut = new FanOut({
    requestId: body.requestId,
    epoch: term.epoch,
    blobId: body.blobId,
    lengthBytes: body.lengthBytes,
    peers: secondaries,
  });
  for (let index = 0; index < chunkCountOf(body.lengthBytes); index += 1) {
    const chunk = await connection.expect('DATA', { timeoutMs: CHUNK_TIMEOUT_MS, signal });
    await Promise.all([writer.write(chunk), fanOut.write(chunk)]);
  }
  const { crcTableSha256 } = await connection.expect('PUT_BLOB_END', { timeoutMs: CHUNK_TIMEOUT_MS, signal });
  const [, secondary] = await Promise.all([writer.seal(crcTableSha256), fanOut.finish(crcTableSha256)]);
  return [self, secondary];
}

async function requireEpoch(epoch: number, { peer }: Connection, { members, replicator }: PutBlobOptions): Promise<void> {
  const primary = peer.nodeId as NodeId;
  members.see(primary, peer.incarnation);
  await replicator.offered(epoch, primary);
}

async function receiveFromPrimary(body: PutBlob, connection: Connection, options: PutBlobOptions, signal: AbortSignal): Promise<NodeId[]> {
  await using writer = await options.blobs.stage(body.blobId, body.lengthBytes);
  for (let index = 0; index < chunkCountOf(body.lengthBytes); index += 1) {
    await writer.write(await connection.expect('DATA', { timeoutMs: CHUNK_TIMEOUT_MS, signal }));
  }
  const { crcTableSha256 } = await connection.expect('PUT_BLOB_END', { timeoutMs: CHUNK_TIMEOUT_MS, signal });
  await writer.seal(crcTableSha256);
  return [options.self];
}
