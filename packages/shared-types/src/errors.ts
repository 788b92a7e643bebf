/**
 * The one error of the whole system and the one table of its codes. Services throw `NetStoreError`; HTTP answers and
 * wire failures carry its code. `docs/api.md` lists the same codes, and a test keeps the two equal.
 */

interface ErrorKind {
  /** HTTP status of the problem document. */
  readonly status: number;
  /** Whether the same request may succeed when it is simply sent again. */
  readonly isRetryable: boolean;
  /** What it means to the one who receives it, in one sentence. */
  readonly meaning: string;
}

export const ERROR_TABLE = {
  // What the client asked for.
  NS_BAD_REQUEST: { status: 400, isRetryable: false, meaning: 'The request does not have the documented shape.' },
  NS_BAD_PATH: { status: 400, isRetryable: false, meaning: 'The path or name breaks a rule for names.' },
  NS_BAD_CURSOR: { status: 400, isRetryable: false, meaning: 'The cursor was not made by this listing.' },
  NS_BODY_LENGTH_MISMATCH: { status: 400, isRetryable: false, meaning: 'The body is shorter or longer than announced.' },
  NS_DIGEST_MISMATCH: { status: 400, isRetryable: false, meaning: 'The body does not have the digest that was sent with it.' },
  NS_FORM_WITHOUT_FILE: { status: 400, isRetryable: false, meaning: 'The form has no part named "file".' },
  NS_UNAUTHENTICATED: { status: 401, isRetryable: false, meaning: 'No valid access token was presented.' },
  NS_BAD_CREDENTIALS: { status: 401, isRetryable: false, meaning: 'The user name or the password is wrong.' },
  NS_BAD_SETUP_TOKEN: { status: 401, isRetryable: false, meaning: 'The set-up token is wrong or has expired.' },
  NS_SECOND_FACTOR_REQUIRED: { status: 401, isRetryable: false, meaning: 'The password is right, and a code is needed besides.' },
  NS_BAD_SECOND_FACTOR: { status: 401, isRetryable: false, meaning: 'The code is wrong, or was used before.' },
  NS_BAD_LINK: { status: 401, isRetryable: false, meaning: 'The one-time link is wrong, has expired, or was used.' },
  NS_LINK_PASSWORD: { status: 401, isRetryable: false, meaning: 'The link has a password, and this is not it.' },
  NS_FORBIDDEN: { status: 403, isRetryable: false, meaning: 'You may see this but not do that.' },
  NS_NOT_FOUND: { status: 404, isRetryable: false, meaning: 'Nothing is here that you may see.' },
  NS_LINK_UNKNOWN: { status: 404, isRetryable: false, meaning: 'There is no such link: a part of it may be missing.' },
  NS_METHOD_NOT_ALLOWED: { status: 405, isRetryable: false, meaning: 'The route does not know this method.' },
  NS_CONFLICT: { status: 409, isRetryable: false, meaning: 'The present state does not allow this.' },
  NS_ALREADY_SET_UP: { status: 409, isRetryable: false, meaning: 'The first administrator exists already.' },
  NS_LAST_ADMIN: { status: 409, isRetryable: false, meaning: 'Nobody would be left to look after NetStore.' },
  NS_ALREADY_EXISTS: { status: 409, isRetryable: false, meaning: 'Something with that name exists already.' },
  NS_PATH_IS_FOLDER: { status: 409, isRetryable: false, meaning: 'A folder is where a file was expected.' },
  NS_PATH_IS_FILE: { status: 409, isRetryable: false, meaning: 'A file is where a folder was expected.' },
  NS_TOO_MANY_ENTRIES: { status: 409, isRetryable: false, meaning: 'The operation would touch more entries than one operation may.' },
  NS_OPERATION_ID_REUSED: { status: 409, isRetryable: false, meaning: 'The idempotency key was used before for another request.' },
  NS_LINK_ENDED: { status: 410, isRetryable: false, meaning: 'The link was ended, or its maker may not share this any more.' },
  NS_LINK_EXPIRED: { status: 410, isRetryable: false, meaning: 'The link has expired.' },
  NS_LINK_USED_UP: { status: 410, isRetryable: false, meaning: 'The link was used for as many downloads as it allows.' },
  NS_LINK_TARGET_GONE: { status: 410, isRetryable: false, meaning: 'What the link leads to was deleted or moved.' },
  NS_PRECONDITION_FAILED: { status: 412, isRetryable: false, meaning: 'The file is not at the version that the request names.' },
  NS_BODY_TOO_LARGE: { status: 413, isRetryable: false, meaning: 'The body, a part of it, or the number of parts is over the limit.' },
  NS_QUOTA_EXCEEDED: { status: 413, isRetryable: false, meaning: 'The quota of the space, or of its owner, has no room for it.' },
  NS_UNSUPPORTED_MEDIA_TYPE: { status: 415, isRetryable: false, meaning: 'The route does not take this content type.' },
  NS_RANGE_NOT_SATISFIABLE: { status: 416, isRetryable: false, meaning: 'No byte of the file lies in the range.' },
  NS_WEAK_PASSWORD: { status: 422, isRetryable: false, meaning: 'The password breaks the rules for passwords.' },
  NS_TOO_MANY_ATTEMPTS: { status: 429, isRetryable: true, meaning: 'Too many attempts: wait as long as Retry-After says.' },
  NS_BODY_TIMEOUT: { status: 408, isRetryable: true, meaning: 'The body arrived too slowly or stopped arriving.' },

  // What the cluster can do now.
  NS_INTERNAL: { status: 500, isRetryable: false, meaning: 'A defect of NetStore: the log has the details under the request id.' },
  NS_BUSY: { status: 503, isRetryable: true, meaning: 'A declared limit is reached: try again later.' },
  NS_UNAVAILABLE: {
    status: 503,
    isRetryable: true,
    meaning: 'A service that is needed does not answer. A write may or may not have happened: retry with the same key.',
  },
  NS_NO_QUORUM: {
    status: 503,
    isRetryable: true,
    meaning: 'Fewer than two members hold the write. It may or may not have happened: retry with the same key.',
  },
  NS_NOT_PRIMARY: { status: 503, isRetryable: true, meaning: 'This node does not order writes now.' },
  NS_FENCED: { status: 503, isRetryable: true, meaning: 'The epoch is older than one this node has promised.' },
  NS_DEADLINE_EXCEEDED: {
    status: 504,
    isRetryable: true,
    meaning: 'No answer came in time. A write may or may not have happened: retry with the same key.',
  },
  NS_DISK_FULL: { status: 507, isRetryable: true, meaning: 'There is no room left on the disks.' },
  NS_BLOB_MISSING: { status: 503, isRetryable: true, meaning: 'Every node says that it has no good copy of a part of the file.' },
  NS_BLOB_DAMAGED: { status: 500, isRetryable: true, meaning: 'A stored copy is damaged; it is never served.' },

  // What peers on the wire did wrong; a client of the HTTP API never sees these.
  NS_FRAME_TOO_LARGE: { status: 500, isRetryable: false, meaning: 'A frame is longer than its type allows.' },
  NS_FRAME_MALFORMED: { status: 500, isRetryable: false, meaning: 'A frame cannot be decoded.' },
  NS_MESSAGE_UNKNOWN: { status: 500, isRetryable: false, meaning: 'The message type is not known to this version.' },
  NS_MESSAGE_UNEXPECTED: { status: 500, isRetryable: false, meaning: 'The message is not legal at this point or for this role.' },
  NS_CHECKSUM_MISMATCH: { status: 500, isRetryable: true, meaning: 'Bytes arrived with another checksum than they were sent with.' },
  NS_VERSION_UNSUPPORTED: { status: 500, isRetryable: false, meaning: 'The two sides share no protocol version.' },
  NS_WRONG_CLUSTER: { status: 500, isRetryable: false, meaning: 'The peer belongs to another cluster.' },
  NS_WRONG_CLUSTER_KEY: { status: 500, isRetryable: false, meaning: 'The peer did not prove that it knows the cluster key.' },
  NS_WRONG_NODE: { status: 500, isRetryable: false, meaning: 'The peer is not the node that the configuration names.' },
  NS_CONNECTION_LOST: { status: 503, isRetryable: true, meaning: 'The connection ended before the answer.' },

  // What stops a process.
  NS_CONFIG_INVALID: { status: 500, isRetryable: false, meaning: 'The configuration is wrong; every problem is listed.' },
  NS_DATA_DIRECTORY: { status: 500, isRetryable: false, meaning: 'The data directory cannot be used as it is.' },
  NS_LOG_COMPACTED: {
    status: 500,
    isRetryable: false,
    meaning: 'The record is older than the log that is kept; its effect is in the catalogue.',
  },
  NS_CATALOGUE_DAMAGED: { status: 500, isRetryable: false, meaning: 'The catalogue is not what the log makes of it.' },
  NS_LOG_DAMAGED: { status: 500, isRetryable: false, meaning: 'A record that was acknowledged cannot be read back.' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERROR_TABLE;

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_TABLE, code);
}

export interface NetStoreErrorOptions {
  readonly cause?: unknown;
  /** Facts for the receiver, JSON values only. Never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** `message` says what was expected and what was found. */
export class NetStoreError extends Error {
  override readonly name = 'NetStoreError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: NetStoreErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }

  get status(): number {
    return ERROR_TABLE[this.code].status;
  }

  get isRetryable(): boolean {
    return ERROR_TABLE[this.code].isRetryable;
  }
}

/** Any thrown value as a `NetStoreError`; what is not one already is a defect and becomes `NS_INTERNAL`. */
export function toNetStoreError(thrown: unknown): NetStoreError {
  if (thrown instanceof NetStoreError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new NetStoreError('NS_INTERNAL', message, { cause: thrown });
}
