/** Puts one storage node together: disk, catalogue, replication, wire, health; and takes it apart in the other order. */
import { createMetrics, type Logger, type Metrics } from '@netstore/service-kit';
import { NetStoreError, toNetStoreError } from '@netstore/shared-types';
import { listen } from '@netstore/wire-transport';
import { quarantinedCount } from './blobs/count-quarantined.ts';
import type { Config } from './config.ts';
import { HealthDoor } from './health-door.ts';
import { type DataDirectory, openDataDirectory } from './membership/data-directory.ts';
import { type Identity, readIdentity, writeIdentity } from './membership/identity.ts';
import { Repair } from './repair/repair.ts';
import { Checkpoints } from './replication/checkpoints.ts';
import { Compaction } from './replication/compaction.ts';
import { Deletions } from './replication/deletions.ts';
import { formCluster } from './replication/formation.ts';
import { Members } from './replication/members.ts';
import { Peers } from './replication/peers.ts';
import { Replicator } from './replication/replicator.ts';
import { SnapshotCatchUp } from './replication/snapshot-catch-up.ts';
import { abandonHandler, commitHandler, getOperationHandler } from './server/handle-commit.ts';
import { faultsHandler } from './server/handle-faults.ts';
import { membershipHandlers } from './server/handle-membership.ts';
import { operateHandlers } from './server/handle-operate.ts';
import { putBlobHandler } from './server/handle-put-blob.ts';
import { queryHandlers } from './server/handle-query.ts';
import { readBlobHandler } from './server/handle-read-blob.ts';
import { recoveryHandlers } from './server/handle-recovery.ts';
import { scrubHandler } from './server/handle-scrub.ts';
import { snapshotHandler } from './server/handle-snapshot.ts';
import { stagedHandler } from './server/handle-staged.ts';
import { readStatus, statusHandler } from './server/handle-status.ts';
import { trashHandler } from './server/handle-trash.ts';
import type { Handlers } from './server/handler.ts';
import { type ServeOptions, serveConnection } from './server/serve-connection.ts';
import { watchHandlers } from './server/watch-handlers.ts';
import { openStores, type Stores } from './stores.ts';

/** EX_IOERR of sysexits.h: the disk or the view of it cannot be trusted any more. */
const EXIT_FATAL = 70;
/** EX_TEMPFAIL of sysexits.h: whatever supervises the node starts it again. */
const EXIT_START_AGAIN = 75;
const CONNECTIONS_MAX = 1_024;
/** Resolves when the node listens; the cluster may not have formed yet. Disposing of it stops the node. */
export async function startNode(config: Config, logger: Logger, signal: AbortSignal): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const onFatal = (error: unknown): never => {
    logger.fatal({ err: error }, 'the node cannot go on: it proves what it holds at its next start');
    process.exit(EXIT_FATAL);
  };
  const { directory, metrics, health } = await openDoor(config, stack);
  const stores = await openStores(config, directory, { logger, stack, onFatal });
  const { identity, adopt } = await ownIdentity(config, stores, logger);
  const self = config.nodeId;
  const nodes = config.nodes.map((node) => node.id);
  const members = new Members();
  const peers = stack.use(
    new Peers({
      nodeId: self,
      nodes: config.nodes,
      key: config.clusterKey,
      identity,
      see: (id, incarnation) => members.see(id, incarnation),
    }),
  );
  const catchUp = stack.use(new SnapshotCatchUp({ ...stores, peers, logger, onReady: () => process.exit(EXIT_START_AGAIN), onFatal }));
  health.waitsFor = () => catchUp.waitsFor;
  await catchUp.requireCatalogue(signal);
  const replicator = stack.use(
    await Replicator.start({
      ...stores,
      self,
      nodes,
      identity,
      failover: config.failover,
      preferAfterMs: config.preferAfterMs,
      members,
      peers,
      logger,
      now: Date.now,
      onLogFull: () => giveUpBallast(stores, logger),
      onBehind: (primary) => void catchUp.behind(primary),
      onFatal,
    }),
  );
  const { dataDir, scrubPeriodMs, trashGraceMs } = config;
  const shared = { ...stores, replicator, peers: peers.all, metrics, logger, now: Date.now };
  const { discards } = stack.use(new Deletions({ ...shared, members, trashGraceMs }));
  stack.use(new Checkpoints(shared));
  stack.use(new Compaction(shared));
  const repair = stack.use(await Repair.start({ ...shared, members, dataDir, scrubPeriodMs, onFatal }));
  const { scrub, quarantine, debtSurvey } = repair;
  const quarantined = quarantinedCount(directory.quarantineDir);
  const status = { self, failover: config.failover, members, identity, replicator, scrub, quarantined, catchUp, ...stores };

  const handlers: Handlers = {
    PUT_BLOB: putBlobHandler({ self, replicator, peers, members, discards, ...stores }),
    READ_BLOB: readBlobHandler({ quarantine, logger, ...stores }),
    COMMIT: commitHandler({ replicator, peers, members, discards, now: Date.now, ...stores }),
    GET_OPERATION: getOperationHandler({ replicator, now: Date.now, ...stores }),
    ABANDON: abandonHandler({ discards }),
    GET_STATUS: statusHandler(status),
    SCRUB: scrubHandler(repair),
    GET_FAULTS: faultsHandler(repair),
    ...queryHandlers({ replicator, ...stores }),
    GET_STAGED: stagedHandler(stores),
    GET_SNAPSHOT: snapshotHandler(stores),
    LIST_TRASH: trashHandler({ trashGraceMs, replicator, ...stores }),
    ...operateHandlers({ self, operations: replicator }),
    ...recoveryHandlers({ self, replicator, ...stores }),
    ...membershipHandlers({ self, nodes, identity, adopt, members, replicator, debtSurvey, ...stores }),
  };
  const watched = watchHandlers(handlers, repair.foreground);
  const serving = { handlers: watched, following: replicator.following, replicator, members, logger };
  await serveWire(config, { identity, serving, logger }, stack);
  health.show(() => readStatus(status), stack);
  if (identity() === undefined && nodes[0] === self) {
    formWhenPossible({ self, nodes, peers: peers.all, isFormed: () => identity() !== undefined, logger }, adopt, stack);
  }
  signal.throwIfAborted();
  return stack.move();
}

/** The lock before the port: who starts a second process on a data directory is told so, and not that a port is taken. */
async function openDoor(
  config: Config,
  stack: AsyncDisposableStack,
): Promise<{ readonly directory: DataDirectory; readonly metrics: Metrics; readonly health: HealthDoor }> {
  const directory = stack.use(await openDataDirectory(config.dataDir));
  const metrics = createMetrics({ service: 'storage-node' });
  return { directory, metrics, health: stack.use(await HealthDoor.open(metrics, config.health)) };
}

async function serveWire(
  config: Config,
  { identity, serving, logger }: { readonly identity: OwnIdentity['identity']; readonly serving: ServeOptions; readonly logger: Logger },
  stack: AsyncDisposableStack,
): Promise<void> {
  const listener = stack.use(
    await listen({
      ...config.wire,
      key: config.clusterKey,
      self: () => ({ nodeId: config.nodeId, clusterId: identity()?.clusterId ?? null, incarnation: identity()?.incarnation ?? null }),
      allowInsecure: config.allowInsecureWire,
      connectionsMax: CONNECTIONS_MAX,
      onConnection: (connection, ending) => serveConnection(connection, serving, ending),
      onRefused: (error, address) => logger.warn({ address, code: error.code, reason: error.message }, 'connection was refused'),
    }),
  );
  logger.info({ wire: `${listener.address.host}:${listener.address.port}` }, 'listening');
}

async function giveUpBallast({ directory }: Stores, logger: Logger): Promise<void> {
  const hadBallast = await directory.ballast.release();
  logger.error(
    { hadBallast },
    hadBallast ? 'the disk is full: the ballast was given up for the log' : 'the disk is full: the log has no room',
  );
}

/** Of this disk: undefined while it is blank. */
interface OwnIdentity {
  readonly identity: () => Identity | undefined;
  readonly adopt: (formed: Identity) => Promise<Identity>;
}

async function ownIdentity(config: Config, stores: Stores, logger: Logger): Promise<OwnIdentity> {
  let identity = await identityOf(config, stores);
  let adopting: Promise<Identity> | undefined;
  // One at a time: what is asked again after a deadline must not find another identity than the one that is being written.
  const adopt = (formed: Identity): Promise<Identity> => {
    adopting ??= writeIdentity(config.dataDir, formed)
      .then(() => {
        identity = formed;
        logger.info({ clusterId: formed.clusterId, incarnation: formed.incarnation }, 'node belongs to a cluster');
        return formed;
      })
      .finally(() => {
        adopting = undefined;
      });
    return adopting;
  };
  return { identity: () => identity, adopt };
}

/** A node that lost its identity but not its log must not pass for blank: it would take part in forming another cluster. */
async function identityOf(config: Config, { log, vote }: Stores): Promise<Identity | undefined> {
  const identity = await readIdentity(config.dataDir);
  // The mark as well: a damaged log may have lost its first record.
  if (identity === undefined && (log.last.seq > 0 || vote.current.acknowledged.seq > 0)) {
    throw new NetStoreError(
      'NS_DATA_DIRECTORY',
      `${config.dataDir} has a log and no IDENTITY: restore the file IDENTITY, or move the directory away and start this node with an empty one`,
    );
  }
  if (identity !== undefined && identity.nodeId !== config.nodeId) {
    throw new NetStoreError(
      'NS_DATA_DIRECTORY',
      `${config.dataDir} belongs to ${identity.nodeId}, and this is ${config.nodeId}: give each node its own data directory`,
    );
  }
  return identity;
}

type FormationOptions = Parameters<typeof formCluster>[0];

function formWhenPossible(options: FormationOptions, adopt: (identity: Identity) => Promise<Identity>, stack: AsyncDisposableStack): void {
  const ended = new AbortController();
  stack.defer(() => ended.abort());
  formCluster(options, ended.signal)
    .then((identity) => (identity === undefined ? undefined : adopt(identity)))
    .catch((error: unknown) => {
      if (!ended.signal.aborted) options.logger.error({ code: toNetStoreError(error).code, err: error }, 'cluster could not be formed');
    });
}
