/**
 * Operating the cluster, from the command line to a node. Everything else that an operator asks goes through GET_STATUS.
 *
 *   PROMOTE → · PROMOTED ←              to the node that is to be primary; answered once it serves
 *   REPLACE_NODE → · REPLACING ←        to the primary; the copying goes on behind it and shows in GET_STATUS
 */
import { type Static, Type } from 'typebox';
import { KIB, type MessageDefinition } from '../message-definition.ts';
import { Epoch, IncarnationField, message, NodeIdField, RequestIdField } from './fields.ts';

export const Promote = message({ requestId: RequestIdField });
export type Promote = Static<typeof Promote>;

export const Promoted = message({ epoch: Epoch, primary: NodeIdField });
export type Promoted = Static<typeof Promoted>;

export const ReplaceNode = message({ requestId: RequestIdField, nodeId: NodeIdField });
export type ReplaceNode = Static<typeof ReplaceNode>;

/** `isAlreadyMember`: the disk that answers under this name has been taken in before. */
export const Replacing = message({ nodeId: NodeIdField, incarnation: IncarnationField, isAlreadyMember: Type.Boolean() });
export type Replacing = Static<typeof Replacing>;

export const OPERATE_MESSAGES = {
  PROMOTE: {
    type: 0x70,
    schema: Promote,
    payloadBytesMax: KIB,
    source: ['operator'],
    target: ['node'],
    purpose: 'Asks a node to become primary now.',
  },
  PROMOTED: {
    type: 0x71,
    schema: Promoted,
    payloadBytesMax: KIB,
    source: ['node'],
    target: ['operator'],
    purpose: 'Says that the node is primary and serves.',
  },
  REPLACE_NODE: {
    type: 0x72,
    schema: ReplaceNode,
    payloadBytesMax: KIB,
    source: ['operator'],
    target: ['primary'],
    purpose: 'Asks the primary to take in the new disk of a node.',
  },
  REPLACING: {
    type: 0x73,
    schema: Replacing,
    payloadBytesMax: KIB,
    source: ['primary'],
    target: ['operator'],
    purpose: 'Says which disk is being taken in.',
  },
} as const satisfies Record<string, MessageDefinition>;
