/** What an operator asks of a node with the `netstore` command: to become primary now, and to take in the new disk of a node. */
import type { Incarnation, NodeId } from '@netstore/shared-types';
import type { Connection } from '@netstore/wire-transport';
import type { Handler } from './handler.ts';

/** What replication offers to the operator. Both throw with a reason in plain words, and have changed nothing then. */
export interface Operations {
  /** Resolves when this node serves as primary. Throws `NS_CONFLICT` and `NS_NO_QUORUM`. */
  promote(signal: AbortSignal): Promise<{ readonly epoch: number }>;
  /** Resolves when the disk is being taken in; what it has to copy goes on behind that. Throws `NS_NOT_PRIMARY`, `NS_CONFLICT` and `NS_NO_QUORUM`. */
  replaceNode(nodeId: NodeId, signal: AbortSignal): Promise<{ readonly incarnation: Incarnation; readonly isAlreadyMember: boolean }>;
}

export interface OperateOptions {
  readonly self: NodeId;
  readonly operations: Operations;
}

export interface OperateHandlers {
  readonly PROMOTE: Handler<'PROMOTE'>;
  readonly REPLACE_NODE: Handler<'REPLACE_NODE'>;
}

export function operateHandlers({ self, operations }: OperateOptions): OperateHandlers {
  return {
    PROMOTE: async (_, connection, signal) => {
      const { epoch } = await operations.promote(whileAsked(connection, signal));
      await connection.send('PROMOTED', { epoch, primary: self });
    },
    REPLACE_NODE: async ({ nodeId }, connection, signal) => {
      const { incarnation, isAlreadyMember } = await operations.replaceNode(nodeId, whileAsked(connection, signal));
      await connection.send('REPLACING', { nodeId, incarnation, isAlreadyMember });
    },
  };
}

/** Aborts also when the operator has gone: nobody is left to hear that it took effect, so a wait for it ends. */
function whileAsked(connection: Connection, signal: AbortSignal): AbortSignal {
  const gone = new AbortController();
  void connection.closed.then(() => gone.abort(new Error('The operator has gone')));
  return AbortSignal.any([signal, gone.signal]);
}
