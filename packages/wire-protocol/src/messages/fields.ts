/** The kinds of fields that control messages are made of. Every one has a bound: a decoded message is at most this large. */
import type {
  BlobId,
  ClusterId,
  ErrorCode,
  FilePath,
  Incarnation,
  NodeId,
  OperationId,
  SpaceId,
  UserId,
  VersionId,
} from '@netstore/shared-types';
import { ERROR_TABLE, FILE_PATH_BYTES_MAX } from '@netstore/shared-types';
import { type Static, type TSchema, Type } from 'typebox';

/** A closed map: a field that the schema does not name is refused. */
export const message = <Properties extends Record<string, TSchema>>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false });

export const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

/**
 * A CBOR byte string of `bytesMin` to `bytesMax` bytes. Both are kept in the schema under their names: JSON Schema has no
 * words for them, and the document and the tests read them there.
 */
export const Bytes = (bytesMin: number, bytesMax: number) =>
  Type.Refine(
    Type.Unsafe<Uint8Array>({ bytesMin, bytesMax } as TSchema),
    (value: unknown) => value instanceof Uint8Array && value.length >= bytesMin && value.length <= bytesMax,
    () => `must be ${bytesMin} to ${bytesMax} bytes`,
  );

/** Text of `min` to `bytesMax` bytes of UTF-8. */
export const Text = (bytesMax: number, min = 0) =>
  Type.Refine(
    Type.String({ minLength: min, maxLength: bytesMax }),
    (value: string) => Buffer.byteLength(value) <= bytesMax,
    () => `must be ${min} to ${bytesMax} bytes`,
  );

/** A media type as it stands in `Content-Type`. */
export const CONTENT_TYPE_BYTES_MAX = 255;

/** `title` is what the document calls it. */
const branded = <Id extends string>(title: string, pattern: string, maxLength: number) =>
  Type.Unsafe<Id>(Type.String({ title, pattern, maxLength }));
const counted = (title: string) => Type.Integer({ title, minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** SHA-256 or HMAC-SHA-256. */
export const Hash = Bytes(32, 32);
export const Count = counted('count');
/** The number of a record in the log; the first is 1, 0 stands before it. */
export const Seq = counted('seq');
/** Raised by every activation of a primary; the first is 1, 0 is before any. */
export const Epoch = counted('epoch');
/** Milliseconds since 1970, UTC. */
export const TimeMs = counted('time');

const HEX_128 = '^[0-9a-f]{32}$';
export const NodeIdField = branded<NodeId>('node id', '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$', 63);
export const ClusterIdField = branded<ClusterId>('cluster id', HEX_128, 32);
export const IncarnationField = branded<Incarnation>('incarnation', HEX_128, 32);
export const BlobIdField = branded<BlobId>('blob id', HEX_128, 32);
export const OperationIdField = branded<OperationId>('operation id', HEX_128, 32);
export const SpaceIdField = branded<SpaceId>('space id', HEX_128, 32);
export const UserIdField = branded<UserId>('user id', HEX_128, 32);
export const VersionIdField = branded<VersionId>('version id', '^[0-9a-z]{1,13}(?:-[0-9a-z]{1,4})?$', 18);
/** The node that receives it checks the rules for names again. */
export const PathField = Type.Unsafe<FilePath>(Text(FILE_PATH_BYTES_MAX));
export const ErrorCodeField = Type.Unsafe<ErrorCode>({ title: 'error code', type: 'string', enum: Object.keys(ERROR_TABLE) } as TSchema);
/** Names one HTTP request in the logs of all services. */
export const RequestIdField = Text(64);

/** `(seq, hash)` names a record and, through the chain of hashes, every record before it. */
export const LogPosition = message({ seq: Seq, hash: Hash });
export type LogPosition = Static<typeof LogPosition>;

export const NODES_MAX = 9;
export const NodeList = Type.Array(NodeIdField, { maxItems: NODES_MAX });
