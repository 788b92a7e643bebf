/** One node, as an operator speaks with it: a connection for each question, since there are few. */
import type { NodeAddress } from '@netstore/service-kit/env';
import type { NodeId } from '@netstore/shared-types';
import type { MessageBody, MessageName } from '@netstore/wire-protocol';
import { type Connection, connectTo } from '@netstore/wire-transport';

const CONNECT_WITHIN_MS = 3_000;

export interface AskOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export class NodeClient {
  readonly id: NodeId;
  /** `host:port`. */
  readonly address: string;
  readonly #where: NodeAddress;
  readonly #key: Buffer;

  constructor(where: NodeAddress, key: Buffer) {
    this.id = where.id;
    this.address = `${where.host}:${where.port}`;
    this.#where = where;
    this.#key = key;
  }

  /** Throws what the node refused with, or why it could not be asked. */
  async ask<Name extends MessageName, Answer extends MessageName>(
    [name, body]: readonly [Name, MessageBody<Name>],
    answer: Answer,
    options: AskOptions,
  ): Promise<MessageBody<Answer>> {
    await using connection = await this.#connect(options.signal);
    return await connection.request(name, body, answer, options);
  }

  #connect(signal: AbortSignal): Promise<Connection> {
    const { id, host, port } = this.#where;
    return connectTo({
      host,
      port,
      key: this.#key,
      self: { role: 'operator', nodeId: null, clusterId: null, incarnation: null },
      expect: { nodeId: id },
      channel: 'conversation',
      timeoutMs: CONNECT_WITHIN_MS,
      signal,
    });
  }
}
