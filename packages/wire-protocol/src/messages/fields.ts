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
import { FILE_PATH_BYTES_MAX, isErrorCode } from '@netstore/shared-types';
import { type Static, type TSchema, Type } from 'typebox';

/** A closed map: a field that the schema does not name is refused. */
export const message = <Properties extends Record<string, TSchema>>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false });

export const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

/** A CBOR byte string of `min` to `max` bytes. */
export const Bytes = (min: number, max: number) =>
  Type.Refine(
    Type.Unsafe<Uint8Array>({}),
    (value: unknown) => value instanceof Uint8Array && value.length >= min && value.length <= max,
    () => `must be ${min} to ${max} bytes`,
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

const branded = <Id extends string>(pattern: string, maxLength: number) => Type.Unsafe<Id>(Type.String({ pattern, maxLength }));

/** SHA-256 or HMAC-SHA-256. */
export const Hash = Bytes(32, 32);
export const Count = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
});
/** The number of a record in the log; the first is 1, 0 stands before it. */
export const Seq = Count;
/** Raised by every activation of a primary; the first is 1, 0 is before any. */
export const Epoch = Count;
/** Milliseconds since 1970, UTC. */
export const TimeMs = Count;

const HEX_128 = '^[0-9a-f]{32}$';
export const NodeIdField = branded<NodeId>('^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$', 63);
export const ClusterIdField = branded<ClusterId>(HEX_128, 32);
export const IncarnationField = branded<Incarnation>(HEX_128, 32);
export const BlobIdField = branded<BlobId>(HEX_128, 32);
export const OperationIdField = branded<OperationId>(HEX_128, 32);
export const SpaceIdField = branded<SpaceId>(HEX_128, 32);
export const UserIdField = branded<UserId>(HEX_128, 32);
export const VersionIdField = branded<VersionId>('^[0-9a-z]{1,13}(?:-[0-9a-z]{1,4})?$', 18);
/** The node that receives it checks the rules for names again. */
export const PathField = Type.Unsafe<FilePath>(Text(FILE_PATH_BYTES_MAX));
export const ErrorCodeField = Type.Refine(
  Type.Unsafe<ErrorCode>(Type.String({ maxLength: 64 })),
  (value: unknown) => isErrorCode(value),
  () => 'must be a known error code',
);
/** Names one HTTP request in the logs of all services. */
export const RequestIdField = Text(64);

/** `(seq, hash)` names a record and, through the chain of hashes, every record before it. */
export const LogPosition = message({ seq: Seq, hash: Hash });
export type LogPosition = Static<typeof LogPosition>;

export const NODES_MAX = 9;
export const NodeList = Type.Array(NodeIdField, { maxItems: NODES_MAX });
