/** What happens to disks: within the budget, see `weather.ts`. */
import type { DiskImage } from '../world/disk.ts';
import type { Fiber } from '../world/fiber.ts';
import type { Cluster } from './cluster.ts';
import type { Machine } from './machine.ts';
import type { Fault, Sky } from './sky.ts';

const IMAGE_AGE_MS_MAX = 12_000;

export const DISK_FAULTS: Readonly<Record<string, Fault>> = {
  /** An empty disk takes the place of one that is gone. */
  loseDisk: function* (sky: Sky): Fiber {
    const machine = yield* takeDown(sky);
    if (machine === undefined) return;
    machine.replaceDisk();
    sky.cluster.diskFailed(machine, 'lost');
    yield* startAgain(sky, machine);
  },
  /** Records below the mark cannot be read any more. */
  damageLog: function* (sky: Sky): Fiber {
    const machine = yield* takeDown(sky);
    if (machine === undefined) return;
    const { disk } = machine;
    const { mark } = disk.vote;
    if (mark.seq > 0 && mark.seq <= disk.last.seq) {
      disk.damageLog(1 + sky.world.random.below(mark.seq));
      sky.cluster.diskFailed(machine, 'damaged in its log');
    }
    yield* startAgain(sky, machine);
  },
  /** The disk comes back as it was some time ago. */
  rollBack: function* (sky: Sky): Fiber {
    const { world, cluster } = sky;
    const machine = world.random.pick(cluster.machines);
    const { image } = machine.disk;
    yield world.random.between(1_000, IMAGE_AGE_MS_MAX);
    if (machine.disk.incarnation !== image.incarnation || !cluster.mayDiskFail || !isKnownToAll(machine, image, cluster)) return;
    machine.crash(true);
    machine.disk.restore(image);
    machine.isRolledBack = true;
    cluster.diskFailed(machine, 'put back to an older state');
    yield* startAgain(sky, machine);
  },
  /** The disk that was replaced comes back into its machine, and the new one leaves it. */
  putOldDiskBack: function* (sky: Sky): Fiber {
    const machine = sky.world.random.pick(sky.cluster.machines);
    const old = machine.oldDisk;
    if (old === undefined || !sky.cluster.mayDiskFail || old.incarnation === null) return;
    machine.crash(true);
    machine.replaceDisk(old);
    sky.cluster.diskFailed(machine, 'the one from before');
    yield* startAgain(sky, machine);
  },
  /** Bytes of a file go bad, and are found so. */
  rotBlob: ({ world, cluster }: Sky) => {
    const machine = world.random.pick(cluster.machines);
    const held = cluster.wantedBlobs.filter((blobId) => machine.disk.blobs.get(blobId) === 'held');
    if (held.length === 0 || !cluster.mayDiskFail) return undefined;
    const blobId = world.random.pick(held);
    machine.disk.blobs.set(blobId, 'damaged');
    cluster.diskFailed(machine, 'rotten in a blob');
    machine.node?.applier.lostBlob(blobId);
    return undefined;
  },
  slowDisk: function* ({ world, cluster }: Sky): Fiber {
    const { disk } = world.random.pick(cluster.machines);
    world.cover('disk: slow');
    disk.slowness = world.random.chance(0.3) ? 3_000 : world.random.between(10, 100);
    yield world.random.between(500, 4_000);
    disk.slowness = 1;
  },
  fullDisk: function* ({ world, cluster }: Sky): Fiber {
    const { node } = world.random.pick(cluster.machines);
    if (node === undefined) return;
    world.cover('disk: full');
    node.log.isFull = true;
    yield world.random.between(200, 3_000);
    node.log.isFull = false;
  },
};

/**
 * Whether both others have written down that this disk has been further than the image. One that has not cannot tell the image from the disk, and together
 * with it would forget what the two that know have committed: that is not covered, see docs/replication.md.
 */
function isKnownToAll({ id }: Machine, { incarnation, vote }: DiskImage, { machines }: Cluster): boolean {
  const isKnown = ({ id: peer, disk }: Machine): boolean =>
    peer === id || disk.seen.some((seen) => seen.incarnation === incarnation && seen.generation > vote.generation);
  return machines.every(isKnown);
}

/** A machine whose disk may fail now, without power. */
function* takeDown({ world, cluster }: Sky): Fiber<Machine | undefined> {
  if (!cluster.mayDiskFail) return undefined;
  const machine = world.random.pick(cluster.machines);
  machine.crash(world.random.chance(0.5));
  yield world.random.between(0, 100);
  // Somebody may have started it again, or another disk may have failed meanwhile.
  return machine.node === undefined && cluster.mayDiskFail ? machine : undefined;
}

function* startAgain({ world }: Sky, machine: Machine): Fiber {
  yield world.random.between(10, 2_000);
  machine.start();
}
