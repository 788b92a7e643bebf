/** What nodes tell each other of disks. */
import type { Incarnation, NodeId } from '@netstore/shared-types';

/** The highest generation that a disk of a peer has shown. */
export interface DiskSeen {
  readonly nodeId: NodeId;
  readonly incarnation: Incarnation;
  readonly generation: number;
  /** It went back in time. */
  readonly isRefused: boolean;
}
