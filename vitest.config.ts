/**
 * One run for all tests. Unit tests run side by side; after them, one suite at a time and one file at a time, those that start whole clusters,
 * browsers or containers, because two of them at once measure each other on a small machine.
 */
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { CountReporter } from './tests/support/count-reporter.ts';

const ROOT = import.meta.dirname;
// Before any process is started: tests start hundreds of them, and threads that load modules without vitest.
process.env['NODE_COMPILE_CACHE'] ??= join(ROOT, 'node_modules', '.cache', 'netstore', 'compiled-for-tests');
const UNIT_TIMEOUT_MS = 30_000;
const PROCESS_TIMEOUT_MS = 180_000;
const isFull = process.env['NETSTORE_TEST_FULL'] === '1';
/** What a run leaves out that should end within minutes: suites whose subject others touch as well. CI runs them. */
const LONG_SUITES = isFull
  ? []
  : [
      'apps/storage-node/src/{log/crash,blobs/blob-crash,catalogue/recovery,catalogue/snapshot/*,replication/fetch-snapshot}.test.ts',
      'tests/services/auth-service/audit.test.ts',
      'apps/auth-service/src/testing/scale.test.ts',
      'tests/services/cli/{node-replace,offline,online}.test.ts',
      'tests/services/gateway/{repairs-on-record,share-links,space-ending}.test.ts',
      'tests/services/storage-node/{failover,snapshot,trash}.test.ts',
      'tests/scenarios/{crashes,failover,full-disk,launcher,node-replacement}.test.ts',
      'tests/browser/{appearance,audit,cluster-page,people,shares,spaces,trash,uploads}.test.ts',
    ];
/** The rest of the faults takes half an hour: `npm run test:faults`. */
const WHOLE_FAULTS = process.env['NETSTORE_TEST_FAULTS'] === 'whole' ? [] : ['tests/faults/whole/**'];

/** In this order. */
const PROCESS_SUITES = ['services', 'scenarios', 'faults', 'browser', 'containers'] as const;
const GLOBAL_SETUP: Readonly<Record<string, string>> = {
  browser: './tests/support/provide-chromium.ts',
  containers: './tests/support/build-images.ts',
};

function unitProject(folder: string): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: {
      name: folder,
      include: [`${folder}/**/*.test.{ts,tsx}`],
      exclude: LONG_SUITES,
      testTimeout: UNIT_TIMEOUT_MS,
      hookTimeout: UNIT_TIMEOUT_MS,
      // Files share processes: beginning one for each of hundreds takes a quarter of the time of all of them.
      isolate: false,
    },
  };
}

function processProject(name: string, index: number): TestProjectInlineConfiguration {
  const globalSetup = GLOBAL_SETUP[name];
  return {
    extends: true,
    test: {
      name,
      include: [`tests/${name}/**/*.test.ts`],
      testTimeout: PROCESS_TIMEOUT_MS,
      hookTimeout: PROCESS_TIMEOUT_MS,
      fileParallelism: false,
      exclude: [...LONG_SUITES, ...WHOLE_FAULTS],
      // A real process may miss a deadline once on a busy machine. What passed only then is said at the end of the run. A fault at a random moment
      // that broke a promise once has broken it.
      retry: name === 'faults' ? 0 : 1,
      sequence: { groupOrder: index + 1 },
      ...(globalSetup === undefined ? {} : { globalSetup }),
    },
  };
}

const workspaces = ['apps', 'packages'].flatMap((parent) =>
  readdirSync(join(ROOT, parent))
    .map((name) => `${parent}/${name}`)
    .filter((folder) => existsSync(join(ROOT, folder, 'package.json'))),
);

export default defineConfig({
  test: {
    projects: [
      ...workspaces.map(unitProject),
      unitProject('bench'),
      unitProject('tests/repository'),
      unitProject('tests/support'),
      ...PROCESS_SUITES.map(processProject),
    ],
    // One more than there are processors: unit tests wait for disks and timers a third of their time, and vitest's own main thread has little to do.
    maxWorkers: availableParallelism() + 1,
    reporters: [
      'default',
      new CountReporter(isFull ? {} : { leftOut: { files: LONG_SUITES, otherwise: 'NETSTORE_TEST_FULL=1 npm test runs them too' } }),
    ],
    slowTestThreshold: 5_000,
  },
});
