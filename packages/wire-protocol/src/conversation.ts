/**
 * Follows the conversations of one connection, alike on both sides: every message that is sent or received is one step,
 * and a step that the table does not name is refused.
 *
 * FAILURE may come from either side at any moment. From the server, when the client has said all it has to say, it ends
 * the conversation and the next may begin. In every other case messages of the other side may be on their way, so that
 * it ends the connection.
 */
import { NetStoreError } from '@netstore/shared-types';
import { CONVERSATIONS, type Conversation, type ConversationName, type Side, type Step } from './conversation-table.ts';
import type { Incoming, MessageBody } from './message.ts';
import type { Channel, Role } from './messages/handshake.ts';

type Position =
  | { readonly kind: 'idle' }
  | { readonly kind: 'within'; readonly name: ConversationName; readonly state: string; readonly steps: readonly Step[] }
  | { readonly kind: 'ended' };

export interface ConversationParties {
  readonly channel: Channel;
  /** The role of the client: it says which conversations may begin. */
  readonly role: Role;
}

function firstStateOf(conversation: Conversation): string {
  const [state] = Object.keys(conversation.states);
  if (state === undefined) throw new NetStoreError('NS_INTERNAL', `Conversation of ${conversation.opening} has no states`);
  return state;
}

/** Whether a client in this role has any conversation on this channel. */
export function isChannelLegal({ channel, role }: ConversationParties): boolean {
  return conversationsOf({ channel, role }).length > 0;
}

function conversationsOf({ channel, role }: ConversationParties): [ConversationName, Conversation][] {
  const all = Object.entries(CONVERSATIONS) as [ConversationName, Conversation][];
  return all.filter(([, conversation]) => conversation.channel === channel && conversation.roles.includes(role));
}

export class ConversationTracker {
  readonly #parties: ConversationParties;
  readonly #legal: readonly [ConversationName, Conversation][];
  #position: Position = { kind: 'idle' };

  constructor(parties: ConversationParties) {
    this.#parties = parties;
    this.#legal = conversationsOf(parties);
  }

  /** No conversation is under way and one may begin. */
  get isIdle(): boolean {
    return this.#position.kind === 'idle';
  }

  /** A FAILURE ended the connection: nothing more is legal. */
  get isEnded(): boolean {
    return this.#position.kind === 'ended';
  }

  /** Undefined between conversations. */
  get current(): ConversationName | undefined {
    return this.#position.kind === 'within' ? this.#position.name : undefined;
  }

  /** Throws `NS_MESSAGE_UNEXPECTED` with what was expected and what came; the position stays as it was. */
  step(from: Side, message: Incoming): void {
    if (message.name === 'FAILURE') this.#position = this.#afterFailure(from);
    else this.#position = this.#after(from, message);
  }

  #afterFailure(from: Side): Position {
    const isClientDone = this.#position.kind === 'within' && this.#position.steps.every((step) => step.from === 'server');
    return from === 'server' && isClientDone ? { kind: 'idle' } : { kind: 'ended' };
  }

  #after(from: Side, message: Incoming): Position {
    if (this.#position.kind === 'within') {
      const { name, steps } = this.#position;
      const step = steps.find((candidate) => candidate.from === from && candidate.message === message.name);
      if (step !== undefined) return step.next === null ? { kind: 'idle' } : this.#within(name, step.next);
    }
    if (this.#position.kind === 'idle' && from === 'client') {
      const opened = this.#legal.find(([, conversation]) => isOpening(conversation, message));
      if (opened !== undefined) return this.#within(opened[0], firstStateOf(opened[1]));
    }
    throw new NetStoreError(
      'NS_MESSAGE_UNEXPECTED',
      `Message is unexpected: expected ${this.#describeExpected()}, got ${describe(from, message)}`,
    );
  }

  #within(name: ConversationName, state: string): Position {
    const states: Conversation['states'] = CONVERSATIONS[name].states;
    const steps = states[state];
    if (steps === undefined) throw new NetStoreError('NS_INTERNAL', `Conversation "${name}" has no state "${state}"`);
    return { kind: 'within', name, state, steps };
  }

  #describeExpected(): string {
    switch (this.#position.kind) {
      case 'ended':
        return 'nothing after FAILURE';
      case 'within': {
        const { name, state, steps } = this.#position;
        return `${steps.map((step) => `${step.message} from the ${step.from}`).join(' or ')} ("${name}", ${state})`;
      }
      case 'idle': {
        const { channel, role } = this.#parties;
        return `one of ${this.#legal.map(([, conversation]) => describeOpening(conversation)).join(', ')} from the client (${role}, channel ${channel})`;
      }
    }
  }
}

function isOpening(conversation: Conversation, message: Incoming): boolean {
  if (conversation.opening !== message.name) return false;
  if (conversation.isEpochNull === undefined) return true;
  return ((message.body as MessageBody<'PUT_BLOB'>).epoch === null) === conversation.isEpochNull;
}

function describeOpening({ opening, isEpochNull }: Conversation): string {
  if (isEpochNull === undefined) return opening;
  return `${opening} ${isEpochNull ? 'without' : 'with'} epoch`;
}

function describe(from: Side, message: Incoming): string {
  const epoch = message.name === 'PUT_BLOB' ? ` ${message.body.epoch === null ? 'without' : 'with'} epoch` : '';
  return `${message.name}${epoch} from the ${from}`;
}
