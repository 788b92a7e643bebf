/**
 * Deliberate bugs, and moments at which a process ends itself, as changes to the source text of one module each. They are made while the module
 * is loaded (`planted-bugs.ts`), so the program has no switch for any of them. One that no longer fits its module stops the node that was to have it.
 */
export interface Plant {
  /** The end of the module's path. */
  readonly module: string;
  /** Stands in it once. */
  readonly find: string;
  readonly replace: string;
}

/** In planted code, `crashHere('name')` ends the process at the pass that was asked for. */
const CRASH = (name: string): string => `globalThis.crashHere('${name}');`;

export const PLANTS: Readonly<Record<string, Plant>> = {
  'no file sync': {
    module: '/storage-node/src/log/durability.ts',
    find: 'this.#settle(handle.datasync(), ',
    replace: 'this.#settle(Promise.resolve(), ',
  },
  'no folder sync': {
    module: '/storage-node/src/log/durability.ts',
    find: 'this.#settle(handle.sync(), ',
    replace: 'this.#settle(Promise.resolve(), ',
  },
  'one copy is a majority': {
    module: '/replication/core/quorum.ts',
    find: 'return Math.floor(nodeCount / 2) + 1;',
    replace: 'return 1;',
  },
  'old epochs are accepted': {
    module: '/replication/core/epoch.ts',
    find: "? 'accept' : 'fenced'",
    replace: "? 'accept' : 'accept'",
  },
  'old disks are trusted': {
    module: '/replication/disk-trust.ts',
    find: 'const isBack = generation < knownGeneration;',
    replace: 'const isBack = generation < 0;',
  },
  'a chunk is not checked': {
    module: '/blobs/incoming-blob.ts',
    find: 'if (actual !== crc) {',
    replace: 'if (actual !== crc && chunkIndex < 0) {',
  },
  'crash: staging.write': {
    module: '/blobs/incoming-blob.ts',
    find: 'this.#crcs.push(crc);',
    replace: `this.#crcs.push(crc); ${CRASH('staging.write')}`,
  },
  'crash: log.afterAppend': {
    module: '/replication/leading.ts',
    find: 'await log.append(records);',
    replace: `await log.append(records); ${CRASH('log.afterAppend')}`,
  },
  'crash: commit.beforeReply': {
    module: '/server/handle-commit.ts',
    find: 'const proposed = replicator.propose(payload)',
    replace: `const proposed = replicator.propose(payload).then((outcome) => { ${CRASH('commit.beforeReply')} return outcome; })`,
  },
  'crash: sync': {
    module: '/storage-node/src/log/durability.ts',
    find: 'async #settle(syncing: Promise<void>, doing: string): Promise<void> {',
    replace: `async #settle(syncing: Promise<void>, doing: string): Promise<void> { ${CRASH('sync')}`,
  },
  'crash: activation.beforePromise': {
    module: '/replication/driver.ts',
    find: 'await vote.promise(promise.epoch, promise.candidate as NodeId);',
    replace: `if (promise.candidate === self) { ${CRASH('activation.beforePromise')} } await vote.promise(promise.epoch, promise.candidate as NodeId);`,
  },
  'crash: activation.promised': {
    module: '/replication/driver.ts',
    find: "logger.info({ epoch: effect.epoch }, 'standing for primary');",
    replace: `${CRASH('activation.promised')}`,
  },
  'crash: activation.recovering': {
    module: '/replication/driver.ts',
    find: "case 'recover-log':",
    replace: `case 'recover-log': ${CRASH('activation.recovering')}`,
  },
  'crash: activation.recovered': {
    module: '/replication/driver.ts',
    find: "case 'append-new-epoch':",
    replace: `case 'append-new-epoch': ${CRASH('activation.recovered')}`,
  },
  'crash: activation.opened': {
    module: '/replication/leading.ts',
    find: 'term.isServing = this.#term === term;',
    replace: `${CRASH('activation.opened')} term.isServing = this.#term === term;`,
  },
};
