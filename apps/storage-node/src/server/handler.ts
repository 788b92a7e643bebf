/** What every conversation of the node looks like to the dispatcher. */
import type { MessageBody, MessageName } from '@netstore/wire-protocol';
import type { Connection } from '@netstore/wire-transport';

/**
 * Carries one conversation to its end, after its opening message was received. An error becomes a FAILURE. `signal`
 * aborts when the node stops.
 */
export type Handler<Opener extends MessageName> = (body: MessageBody<Opener>, connection: Connection, signal: AbortSignal) => Promise<void>;

/** Every message that opens a conversation, with what carries it. */
export type Handlers = { readonly [Opener in OpenerName]: Handler<Opener> };

export type OpenerName =
  | 'PUT_BLOB'
  | 'READ_BLOB'
  | 'COMMIT'
  | 'GET_OPERATION'
  | 'ABANDON'
  | 'GET_ENTRY'
  | 'LIST_ENTRIES'
  | 'LIST_TRASH'
  | 'GET_USAGE'
  | 'GET_FILE'
  | 'GET_MANIFEST'
  | 'GET_HOLDINGS'
  | 'GET_STATUS'
  | 'GET_IDENTITY'
  | 'FORM'
  | 'ADOPT'
  | 'REQUEST_PREVOTE'
  | 'REQUEST_PROMISE'
  | 'HAND_OVER'
  | 'GET_STAGED'
  | 'GET_LOG'
  | 'GET_BLOB_STATES'
  | 'GET_SNAPSHOT'
  | 'SCRUB'
  | 'GET_FAULTS'
  | 'PROMOTE'
  | 'REPLACE_NODE'
  | 'HEARTBEAT';
