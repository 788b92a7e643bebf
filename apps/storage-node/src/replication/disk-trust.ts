/** Finds out when the disk of a peer went back in time: it has forgotten what it promised, so it neither votes nor counts any more. */
import type { Logger } from '@netstore/service-kit';
import type { NodeId } from '@netstore/shared-types';
import type { PeerGenerations } from '../membership/peer-generations.ts';
import type { Members } from './members.ts';

export interface DiskTrustOptions {
  readonly members: Members;
  readonly generations: PeerGenerations;
  readonly logger: Logger;
}

export class DiskTrust {
  readonly #options: DiskTrustOptions;

  constructor(options: DiskTrustOptions) {
    this.#options = options;
  }

  /** A peer showed the generation of its disk. False when that disk is refused, from then on. */
  isTrusted(peer: NodeId, generation: number): boolean {
    const { members, generations, logger } = this.#options;
    const incarnation = members.incarnationOf(peer);
    if (incarnation === undefined) return false;
    const before = generations.note(peer, incarnation, generation);
    if (before === undefined) return true;
    if (members.counts(peer))
      logger.error({ peer, before, generation }, 'a peer has an old disk image: it may not vote and does not count');
    const wayOut = `Give it an empty directory and run "netstore node replace ${peer}".`;
    members.refuse(peer, `Its disk went back in time: it has shown generation ${before} and now shows ${generation}. ${wayOut}`);
    return false;
  }
}
