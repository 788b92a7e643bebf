/** What is known of one message besides its fields. The tables of `messages/*.ts` are made of these. */
import type { TSchema } from 'typebox';

/** Who sends or receives a message. `peer` stands for either side of a connection, whoever opened it. */
export type Party = 'gateway' | 'operator' | 'primary' | 'secondary' | 'candidate' | 'node' | 'client' | 'server' | 'peer';

export interface MessageDefinition {
  /** The type byte of its frames. */
  readonly type: number;
  /** Null for DATA, which is no CBOR. */
  readonly schema: TSchema | null;
  /** The longest payload that is accepted, enough for the longest body that the schema allows. */
  readonly payloadBytesMax: number;
  readonly source: readonly Party[];
  readonly target: readonly Party[];
  readonly purpose: string;
}

export const KIB = 1024;
export const MIB = 1024 * 1024;
