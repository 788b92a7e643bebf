/** The real rules of membership, which also wake fibers. */
import type { Incarnation, NodeId } from '@netstore/shared-types';
import { type LoggedMembers, type Member, Members } from '../../members.ts';
import { SimPulse } from '../world/fiber.ts';

export class SimMembers extends Members {
  readonly altered = new SimPulse();

  override learn(members: readonly Member[], appliedSeq: number): void {
    super.learn(members, appliedSeq);
    this.altered.notify();
  }

  override logged(found: readonly LoggedMembers[]): void {
    super.logged(found);
    if (found.length > 0) this.altered.notify();
  }

  override truncated(fromSeq: number): void {
    super.truncated(fromSeq);
    this.altered.notify();
  }

  override see(nodeId: NodeId, incarnation: Incarnation | null): void {
    const before = this.incarnationOf(nodeId);
    super.see(nodeId, incarnation);
    if (before !== incarnation) this.altered.notify();
  }

  override refuse(incarnation: Incarnation, reason: string): void {
    super.refuse(incarnation, reason);
    this.altered.notify();
  }
}
