import { describe, expect, test } from 'vitest';
import { ConversationTracker, isChannelLegal } from './conversation.ts';
import { CONVERSATIONS, type Conversation, type Side } from './conversation-table.ts';
import { type Incoming, MESSAGES, type MessageName } from './message.ts';
import type { Channel, Role } from './messages/handshake.ts';
import { SAMPLE_BODIES } from './testing/sample-messages.ts';

const NAMES = Object.keys(MESSAGES) as MessageName[];
const ROLES: readonly Role[] = ['gateway', 'node', 'operator'];
const CHANNELS: readonly Channel[] = ['conversation', 'control', 'log'];
const SIDES: readonly Side[] = ['client', 'server'];

/** Who may begin what, written down a second time: a slip in the table must not pass for the rule. */
const OPENERS: Record<Role, Record<Channel, readonly string[]>> = {
  gateway: {
    conversation: [
      'PUT_BLOB without epoch',
      'READ_BLOB',
      'COMMIT',
      'GET_OPERATION',
      'ABANDON',
      'GET_ENTRY',
      'LIST_ENTRIES',
      'LIST_TRASH',
      'GET_USAGE',
      'GET_FILE',
      'GET_MANIFEST',
      'GET_HOLDINGS',
      'GET_FAULTS',
      'GET_STATUS',
    ],
    control: [],
    log: [],
  },
  node: {
    conversation: [
      'PUT_BLOB with epoch',
      'READ_BLOB',
      'GET_HOLDINGS',
      'GET_STATUS',
      'GET_STAGED',
      'GET_LOG',
      'GET_SNAPSHOT',
      'GET_BLOB_STATES',
      'SCRUB',
    ],
    control: ['GET_IDENTITY', 'FORM', 'ADOPT', 'REQUEST_PREVOTE', 'HAND_OVER', 'REQUEST_PROMISE', 'HEARTBEAT'],
    log: ['LOG_OPEN'],
  },
  operator: { conversation: ['GET_STATUS', 'PROMOTE', 'REPLACE_NODE', 'SCRUB'], control: [], log: [] },
};

/** Every message, and PUT_BLOB in both its forms. */
const ANY_MESSAGE: readonly { readonly label: string; readonly message: Incoming }[] = NAMES.flatMap((name) => {
  const message = { name, body: SAMPLE_BODIES[name] } as Incoming;
  if (name !== 'PUT_BLOB') return [{ label: name as string, message }];
  return [
    { label: 'PUT_BLOB with epoch', message },
    { label: 'PUT_BLOB without epoch', message: { name, body: { ...SAMPLE_BODIES.PUT_BLOB, epoch: null } } },
  ];
});

function messageOf(label: string): Incoming {
  const found = ANY_MESSAGE.find((candidate) => candidate.label === label);
  if (found === undefined) throw new Error(`no message ${label}`);
  return found.message;
}

function isRefused(tracker: ConversationTracker, from: Side, message: Incoming): boolean {
  try {
    tracker.step(from, message);
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: 'NS_MESSAGE_UNEXPECTED' });
    return true;
  }
}

function openingOf({ opening, isEpochNull }: Conversation): Incoming {
  return messageOf(isEpochNull === undefined ? opening : `${opening} ${isEpochNull ? 'without' : 'with'} epoch`);
}

/** A tracker in the given state of a conversation, reached by legal steps. */
function trackerIn(conversation: Conversation, state: string): ConversationTracker {
  const [role] = conversation.roles;
  if (role === undefined) throw new Error('no role');
  const tracker = new ConversationTracker({ channel: conversation.channel, role });
  tracker.step('client', openingOf(conversation));
  let current = Object.keys(conversation.states)[0];
  while (current !== state) {
    const onward = conversation.states[current ?? '']?.find((step) => step.next !== null && step.next !== current);
    if (onward === undefined || onward.next === null) throw new Error(`no way to ${state}`);
    tracker.step(onward.from, messageOf(onward.message));
    current = onward.next;
  }
  return tracker;
}

const STATES = Object.entries(CONVERSATIONS).flatMap(([name, conversation]: [string, Conversation]) =>
  Object.entries(conversation.states).map(([state, steps]) => ({ name, conversation, state, steps })),
);

describe('who may begin which conversation', () => {
  const cases = ROLES.flatMap((role) => CHANNELS.map((channel) => ({ role, channel })));

  test.each(cases)('a $role on channel $channel: the listed ones and no other', ({ role, channel }) => {
    for (const { label, message } of ANY_MESSAGE) {
      if (message.name === 'FAILURE') continue;
      const isAllowed = !isRefused(new ConversationTracker({ channel, role }), 'client', message);
      expect({ label, isAllowed }).toEqual({ label, isAllowed: OPENERS[role][channel].includes(label) });
    }
  });

  test.each(cases)('the server of a $role on channel $channel may begin none', ({ role, channel }) => {
    for (const { message } of ANY_MESSAGE) {
      if (message.name === 'FAILURE') continue;
      expect(isRefused(new ConversationTracker({ channel, role }), 'server', message)).toBe(true);
    }
  });

  test.each(cases)('channel $channel is legal for a $role when there is something to say on it', ({ role, channel }) => {
    expect(isChannelLegal({ role, channel })).toBe(OPENERS[role][channel].length > 0);
  });
});

describe('inside a conversation', () => {
  test.each(STATES)('$name, $state: the messages of the table from their side, and no other', ({ conversation, state, steps }) => {
    for (const from of SIDES) {
      for (const { label, message } of ANY_MESSAGE) {
        if (message.name === 'FAILURE') continue;
        const step = steps.find((candidate) => candidate.from === from && candidate.message === message.name);
        const tracker = trackerIn(conversation, state);
        expect({ label, isRefused: isRefused(tracker, from, message) }).toEqual({ label, isRefused: step === undefined });
        expect(tracker.isIdle).toBe(step?.next === null);
      }
    }
  });

  test.each(STATES)('$name, $state: FAILURE ends the conversation when only the server had to speak, else the connection', (testCase) => {
    const { conversation, state, steps } = testCase;
    const isClientDone = steps.every((step) => step.from === 'server');
    const fromServer = trackerIn(conversation, state);
    fromServer.step('server', messageOf('FAILURE'));
    expect({ isIdle: fromServer.isIdle, isEnded: fromServer.isEnded }).toEqual({ isIdle: isClientDone, isEnded: !isClientDone });
    const fromClient = trackerIn(conversation, state);
    fromClient.step('client', messageOf('FAILURE'));
    expect(fromClient.isEnded).toBe(true);
  });

  test('a refused message changes nothing', () => {
    const tracker = new ConversationTracker({ channel: 'conversation', role: 'gateway' });
    tracker.step('client', messageOf('PUT_BLOB without epoch'));
    expect(isRefused(tracker, 'server', messageOf('DATA'))).toBe(true);
    tracker.step('client', messageOf('DATA'));
    expect(tracker.current).toBe('put blob');
  });
});

describe('whole conversations', () => {
  const play = (tracker: ConversationTracker, script: string): void => {
    for (const line of script.split(',').map((part) => part.trim())) {
      const [from, ...label] = line.split(' ');
      tracker.step(from === '>' ? 'client' : 'server', messageOf(label.join(' ')));
    }
  };

  test('a gateway puts a blob, commits, puts what was missing, commits again and reads', () => {
    const tracker = new ConversationTracker({ channel: 'conversation', role: 'gateway' });
    play(tracker, '> PUT_BLOB without epoch, > DATA, > DATA, > PUT_BLOB_END, < BLOB_HELD');
    play(tracker, '> COMMIT, < BLOBS_MISSING');
    play(tracker, '> PUT_BLOB without epoch, > DATA, > PUT_BLOB_END, < BLOB_HELD, > COMMIT, < COMMITTED');
    play(tracker, '> GET_FILE, < FILE, > READ_BLOB, < DATA, < DATA, < READ_BLOB_END');
    expect(tracker.isIdle).toBe(true);
  });

  test('appends and acknowledgements cross on the log stream', () => {
    const tracker = new ConversationTracker({ channel: 'log', role: 'node' });
    play(tracker, '> LOG_OPEN, < LOG_POSITION, > LOG_APPEND, > LOG_APPEND, < LOG_ACK, > LOG_APPEND, < LOG_ACK, < LOG_ACK');
    expect(tracker.current).toBe('log stream');
  });

  test('after a question that failed the next may be asked', () => {
    const tracker = new ConversationTracker({ channel: 'conversation', role: 'gateway' });
    play(tracker, '> COMMIT, < FAILURE, > GET_STATUS, < STATUS');
    expect(tracker.isIdle).toBe(true);
  });

  test('nothing comes after a FAILURE that ended the connection', () => {
    const tracker = new ConversationTracker({ channel: 'conversation', role: 'gateway' });
    play(tracker, '> PUT_BLOB without epoch, > DATA, < FAILURE');
    for (const from of SIDES) expect(isRefused(tracker, from, messageOf('DATA'))).toBe(true);
  });

  test('the refusal says what was expected and what came', () => {
    const tracker = new ConversationTracker({ channel: 'conversation', role: 'node' });
    expect(() => tracker.step('client', messageOf('PUT_BLOB without epoch'))).toThrow(
      'expected one of PUT_BLOB with epoch, READ_BLOB, GET_HOLDINGS, GET_STATUS, GET_STAGED, GET_LOG, GET_SNAPSHOT, GET_BLOB_STATES, SCRUB from the client (node, channel conversation), got PUT_BLOB without epoch from the client',
    );
    tracker.step('client', messageOf('PUT_BLOB with epoch'));
    expect(() => tracker.step('client', messageOf('COMMIT'))).toThrow(
      'expected DATA from the client or PUT_BLOB_END from the client ("forward blob", receiving), got COMMIT from the client',
    );
  });
});
