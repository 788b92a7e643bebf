export {
  CBOR_DEPTH_MAX,
  CBOR_ITEMS_MAX,
  decodeCbor,
  encodeCbor,
} from './cbor.ts';
export { ChunkChecksum, crcTableSha256, packCrcTable } from './checksum.ts';
export { type ConversationParties, ConversationTracker, isChannelLegal } from './conversation.ts';
export { CONVERSATIONS, type Conversation, type ConversationName, type Side, type Step } from './conversation-table.ts';
export { FRAME_HEADER_BYTES, type Frame, writeFrameHeader } from './frame.ts';
export {
  FrameDecoder,
  HANDSHAKE_PAYLOAD_BYTES_MAX,
  PAYLOAD_BYTES_MAX,
} from './frame-decoder.ts';
export { filesAtRiskOf, lostBlobsOf } from './judge-loss.ts';
export { isCounted, judgeStop, type NodeReport, primaryOf, RECORDS_BEHIND_MAX, type StopVerdict } from './judge-stop.ts';
export {
  BLOB_BYTES_MAX,
  BLOB_ID_BYTES,
  BLOB_REF_BYTES,
  type BlobRef,
  CHUNK_BYTES,
  CHUNK_TAG_BYTES,
  chunkCountOf,
  MANIFEST_BLOBS_MAX,
  MANIFEST_PAGE_BLOBS_MAX,
  packBlobIds,
  packBlobRefs,
  unpackBlobIds,
  unpackBlobRefs,
} from './manifest.ts';
export {
  decodeMessage,
  encodeDataHeader,
  encodeMessage,
  type Incoming,
  MESSAGES,
  type MessageBody,
  type MessageName,
  messageNameOf,
} from './message.ts';
export type { MessageDefinition, Party } from './message-definition.ts';
export { Abandon, Abandoned } from './messages/abandon.ts';
export {
  BLOBS_MISSING_MAX,
  BlobsMissing,
  Commit,
  Committed,
  GetOperation,
  OperationUnknown,
  Outcome,
  Purged,
} from './messages/commit.ts';
export {
  type Chunk,
  DATA_HEADER_BYTES,
  DATA_PAYLOAD_BYTES_MAX,
  decodeChunk,
} from './messages/data.ts';
export {
  CURSOR_BYTES_MAX,
  EntriesAnswer,
  EntryAnswer,
  EntryRow,
  FileAnswer,
  FileVersion,
  GetEntry,
  GetFile,
  GetHoldings,
  GetManifest,
  Holdings,
  LIST_LIMIT_MAX,
  ListEntries,
  ManifestAnswer,
  type ManifestPage,
  VERSIONS_SHOWN_MAX,
} from './messages/entry.ts';
export { FAILURE_TEXT_BYTES_MAX, Failure } from './messages/failure.ts';
export { FAULT_EVENTS_MAX, FaultEvent, FaultEventKind, Faults, GetFaults } from './messages/faults.ts';
export * as fields from './messages/fields.ts';
export { CONTENT_TYPE_BYTES_MAX, LogPosition, NODES_MAX } from './messages/fields.ts';
export {
  Challenge,
  Channel,
  Hello,
  Proof,
  Role,
  Welcome,
} from './messages/handshake.ts';
export { DISKS_MAX, type DiskSeen, Heartbeat, HeartbeatAck, type LostBlobs } from './messages/heartbeat.ts';
export {
  BLOB_STATES,
  BLOB_STATES_MAX,
  type BlobState,
  BlobStates,
  GetBlobStates,
  GetLog,
  LOG_APPEND_RECORDS_BYTES_MAX,
  LOG_WINDOW_BYTES,
  LogAck,
  LogAppend,
  LogOpen,
  LogPositionAnswer,
  LogRecords,
} from './messages/log.ts';
export {
  Adopt,
  Form,
  Formed,
  GetIdentity,
  HandedOver,
  HandOver,
  Identity,
  PROMISE_RECORDS_MAX,
  Prevote,
  PromiseAnswer,
  RequestPrevote,
  RequestPromise,
} from './messages/membership.ts';
export { Promote, Promoted, ReplaceNode, Replacing } from './messages/operate.ts';
export {
  COPY_ENTRIES_MAX,
  CopyOperation,
  DeleteOperation,
  DISCARD_BLOBS_MAX,
  DiscardOperation,
  Expected,
  MakeFolderOperation,
  MoveOperation,
  Operation,
  PURGE_ENTRIES_MAX,
  PURGE_VERSIONS_MAX,
  PurgeOperation,
  PurgeVersionsOperation,
  PutOperation,
  type QuotaLimit,
  RestoreOperation,
} from './messages/operation.ts';
export { BlobHeld, PutBlob, PutBlobEnd } from './messages/put-blob.ts';
export { ReadBlob, ReadBlobEnd } from './messages/read-blob.ts';
export { Census, ScrubAction, ScrubActivity, ScrubRequest, ScrubState, ScrubSummary } from './messages/scrub.ts';
export { GetSnapshot, Snapshot, SnapshotEnd } from './messages/snapshot.ts';
export { GetStaged, Staged } from './messages/staged.ts';
export {
  Debt,
  GetStatus,
  NodeRole,
  PeerStatus,
  Space,
  Status,
} from './messages/status.ts';
export { ListTrash, TrashAnswer, TrashRow } from './messages/trash.ts';
export { GetUsage, USAGE_SPACES_MAX, UsageAnswer } from './messages/usage.ts';
export {
  negotiateVersion,
  PROTOCOL_VERSION_MAX,
  PROTOCOL_VERSION_MIN,
  SPOKEN_VERSIONS,
  type VersionRange,
} from './version.ts';
