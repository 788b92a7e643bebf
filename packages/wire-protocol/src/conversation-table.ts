/**
 * The conversations: which messages may follow each other on a connection that has passed the handshake, from which
 * side, and who may begin. The client is the side that opened the connection; only it begins conversations.
 *
 * FAILURE is not in the table: it may come in any state (`conversation.ts`).
 */
import type { MessageName } from './message.ts';
import type { Channel, Role } from './messages/handshake.ts';

export type Side = 'client' | 'server';

export interface Step {
  readonly from: Side;
  readonly message: MessageName;
  /** The state after it; null: the conversation is over. */
  readonly next: string | null;
}

export interface Conversation {
  readonly channel: Channel;
  /** Roles of the client. */
  readonly roles: readonly Role[];
  readonly opening: MessageName;
  /** For PUT_BLOB alone, which two conversations begin with: whether its `epoch` is null. */
  readonly isEpochNull?: boolean;
  /** By name; the first is the one after the opening. */
  readonly states: Readonly<Record<string, readonly Step[]>>;
}

/** One question, one answer out of some. */
function request(
  roles: readonly Role[],
  opening: MessageName,
  answers: readonly MessageName[],
  channel: Channel = 'conversation',
): Conversation {
  return { channel, roles, opening, states: { answering: answers.map((message) => ({ from: 'server', message, next: null })) } };
}

const putBlobStates = {
  receiving: [
    { from: 'client', message: 'DATA', next: 'receiving' },
    { from: 'client', message: 'PUT_BLOB_END', next: 'syncing' },
  ],
  syncing: [{ from: 'server', message: 'BLOB_HELD', next: null }],
} as const;

const GATEWAY = ['gateway'] as const;
const NODE = ['node'] as const;
const BOTH = ['gateway', 'node'] as const;
const OPERATOR = ['operator'] as const;
const NODE_OR_OPERATOR = ['node', 'operator'] as const;
const ANYBODY = ['gateway', 'node', 'operator'] as const;

export const CONVERSATIONS = {
  'put blob': { channel: 'conversation', roles: GATEWAY, opening: 'PUT_BLOB', isEpochNull: true, states: putBlobStates },
  'forward blob': { channel: 'conversation', roles: NODE, opening: 'PUT_BLOB', isEpochNull: false, states: putBlobStates },
  'read blob': {
    channel: 'conversation',
    roles: BOTH,
    opening: 'READ_BLOB',
    states: {
      sending: [
        { from: 'server', message: 'DATA', next: 'sending' },
        { from: 'server', message: 'READ_BLOB_END', next: null },
      ],
    },
  },
  commit: request(GATEWAY, 'COMMIT', ['COMMITTED', 'BLOBS_MISSING']),
  'get operation': request(GATEWAY, 'GET_OPERATION', ['COMMITTED', 'OPERATION_UNKNOWN']),
  abandon: request(GATEWAY, 'ABANDON', ['ABANDONED']),
  'get entry': request(GATEWAY, 'GET_ENTRY', ['ENTRY']),
  'list entries': request(GATEWAY, 'LIST_ENTRIES', ['ENTRIES']),
  'get file': request(GATEWAY, 'GET_FILE', ['FILE']),
  'get manifest': request(GATEWAY, 'GET_MANIFEST', ['MANIFEST']),
  'get holdings': request(BOTH, 'GET_HOLDINGS', ['HOLDINGS']),
  'list trash': request(GATEWAY, 'LIST_TRASH', ['TRASH']),
  'get usage': request(GATEWAY, 'GET_USAGE', ['USAGE']),
  'get faults': request(GATEWAY, 'GET_FAULTS', ['FAULTS']),
  'get status': request(ANYBODY, 'GET_STATUS', ['STATUS']),
  'get staged': request(NODE, 'GET_STAGED', ['STAGED']),
  'get log': request(NODE, 'GET_LOG', ['LOG_RECORDS']),
  'get snapshot': {
    channel: 'conversation',
    roles: NODE,
    opening: 'GET_SNAPSHOT',
    states: {
      offering: [{ from: 'server', message: 'SNAPSHOT', next: 'sending' }],
      sending: [
        { from: 'server', message: 'DATA', next: 'sending' },
        { from: 'server', message: 'SNAPSHOT_END', next: null },
      ],
    },
  },
  'get blob states': request(NODE, 'GET_BLOB_STATES', ['BLOB_STATES']),
  promote: request(OPERATOR, 'PROMOTE', ['PROMOTED']),
  'replace node': request(OPERATOR, 'REPLACE_NODE', ['REPLACING']),
  scrub: request(NODE_OR_OPERATOR, 'SCRUB', ['SCRUB_STATE']),
  'get identity': request(NODE, 'GET_IDENTITY', ['IDENTITY'], 'control'),
  form: request(NODE, 'FORM', ['FORMED'], 'control'),
  adopt: request(NODE, 'ADOPT', ['FORMED'], 'control'),
  'request prevote': request(NODE, 'REQUEST_PREVOTE', ['PREVOTE'], 'control'),
  'hand over': request(NODE, 'HAND_OVER', ['HANDED_OVER'], 'control'),
  'request promise': request(NODE, 'REQUEST_PROMISE', ['PROMISE'], 'control'),
  heartbeat: request(NODE, 'HEARTBEAT', ['HEARTBEAT_ACK'], 'control'),
  'log stream': {
    channel: 'log',
    roles: NODE,
    opening: 'LOG_OPEN',
    states: {
      opening: [{ from: 'server', message: 'LOG_POSITION', next: 'streaming' }],
      // Both sides at any time: appends do not wait for acknowledgements.
      streaming: [
        { from: 'client', message: 'LOG_APPEND', next: 'streaming' },
        { from: 'server', message: 'LOG_ACK', next: 'streaming' },
      ],
    },
  },
} as const satisfies Record<string, Conversation>;

export type ConversationName = keyof typeof CONVERSATIONS;
