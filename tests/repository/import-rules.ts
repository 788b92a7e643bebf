/** Who may import whom: the rules of STYLE.md as data, and the few that need to look at the whole graph as functions. */
import { posix } from 'node:path';
import type { Import, Module, Target } from './module-graph.ts';

export interface Violation {
  readonly rule: string;
  readonly path: string;
  readonly line: number;
  readonly what: string;
}

interface ImportRule {
  readonly rule: string;
  /** The modules that it binds. */
  readonly from: RegExp;
  /** Of those, the ones that may. */
  readonly except?: RegExp;
  readonly forbids: (target: Target, from: string, by: Import) => boolean;
}

/** Tests stand beside what they test; what several of them share lies in a folder `testing`. */
const TEST_MODULE = /\.test\.tsx?$|\/testing\/|^tests\/|^bench\/|^vitest\.config\.ts$/;
const SOCKETS: ReadonlySet<string> = new Set(['net', 'tls', 'dgram', 'http2', 'quic']);
/** What node:net has for looking at addresses, which opens nothing. */
const ADDRESS_NAMES: ReadonlySet<string> = new Set(['isIP', 'isIPv4', 'isIPv6', 'BlockList', 'SocketAddress']);
const DISK: ReadonlySet<string> = new Set(['fs', 'fs/promises']);
const INPUT_AND_OUTPUT: ReadonlySet<string> = new Set([
  ...SOCKETS,
  ...DISK,
  ...[
    'http',
    'https',
    'dns',
    'dns/promises',
    'timers',
    'timers/promises',
    'child_process',
    'worker_threads',
    'cluster',
    'sqlite',
    'stream',
  ],
]);

const isBuiltin = (names: ReadonlySet<string>) => (target: Target) => target.kind === 'builtin' && names.has(target.name);
const isPackage = (pattern: RegExp) => (target: Target) => target.kind === 'package' && pattern.test(target.name);
const isOtherPackageThan =
  (...names: readonly string[]) =>
  (target: Target) =>
    target.kind === 'package' && !names.includes(target.name);
const isFileOutside = (folder: string) => (target: Target) => target.kind === 'file' && !target.path.startsWith(folder);

const production = (pattern: RegExp): RegExp => new RegExp(`^(?!.*(?:\\.test\\.tsx?$|/testing/))${pattern.source}`);

/** A new file joins this list only if it is about requests and answers; a use case takes plain values. */
const HTTP_EDGE = new RegExp(
  [
    String.raw`^apps/[\w-]+/src/(?:app|.*-routes|.*-plugin)\.ts$`,
    String.raw`^apps/auth-service/src/(?:keys/access-token|keys/service-key|sessions/authenticate|sessions/client)\.ts$`,
    String.raw`^apps/gateway/src/(?:gateway-app|http-edge|open-api)\.ts$`,
    String.raw`^apps/gateway/src/(?:auth/(?:authenticate|refresh-cookie|same-origin)|files/(?:client-signal|content-answer|file-path|say-state)|shares/share-gate)\.ts$`,
    String.raw`^packages/service-kit/src/(?:problem|health|metrics|logger)\.ts$`,
  ].join('|'),
);

export const IMPORT_RULES: readonly ImportRule[] = [
  {
    rule: 'shared-types imports typebox only',
    from: production(/packages\/shared-types\/src\//),
    forbids: (target) => isOtherPackageThan('typebox')(target) || isBuiltin(INPUT_AND_OUTPUT)(target),
  },
  {
    rule: 'wire-protocol imports shared-types, typebox, cborg and @node-rs/crc32 only, and does no input or output',
    from: production(/packages\/wire-protocol\/src\//),
    forbids: (target) =>
      isOtherPackageThan('@netstore/shared-types', 'typebox', 'cborg', '@node-rs/crc32')(target) || isBuiltin(INPUT_AND_OUTPUT)(target),
  },
  {
    rule: 'only wire-transport opens sockets',
    from: production(/(?:apps|packages)\//),
    // The launcher listens for a moment, to find out whether the services could.
    except: /^packages\/wire-transport\/src\/|^apps\/launcher\/src\/listen-probe\.ts$/,
    // A type opens nothing.
    forbids: (target, _, { names, isTypeOnly }) =>
      isBuiltin(SOCKETS)(target) && !isTypeOnly && !names.every((name) => ADDRESS_NAMES.has(name)),
  },
  {
    // offline/ is a program of its own, for a directory that no node has open.
    rule: 'only blobs/, log/, membership/ and SQLite openers touch disk',
    from: production(/(?:apps\/(?:storage-node|gateway|auth-service)|packages)\/src\//),
    except:
      /^apps\/storage-node\/src\/(?:blobs|log|membership|catalogue|offline)\/|^packages\/service-kit\/src\/(?:env|sqlite)\.ts$|^apps\/auth-service\/src\/(?:database|accounts\/setup-token|keys\/secret-file)\.ts$|^apps\/gateway\/src\/ui\//,
    forbids: isBuiltin(DISK),
  },
  {
    rule: 'only stores speak SQL',
    from: production(/(?:apps|packages)\//),
    except:
      /^packages\/service-kit\/src\/sqlite\.ts$|^apps\/storage-node\/src\/catalogue\/|^apps\/auth-service\/src\/(?:.*-store|schema|migrations(?:\/[\w-]+)?|database|audit\/audit-(?:migrations|page-query)|accounts\/setup-token|keys\/key-ring|keys\/secrets)\.ts$|^apps\/launcher\/src\/data-directory\.ts$|^apps\/storage-node\/src\/membership\/directory-lock\.ts$/,
    // A type is enough to hand the database on, and not enough to ask it anything.
    forbids: (target, _, { isTypeOnly }) => isPackage(/^(?:better-sqlite3|kysely)$/)(target) && !isTypeOnly,
  },
  {
    rule: 'Fastify is known at the HTTP edge only: app.ts, routes, plugins, and what reads requests or writes answers for them',
    from: production(/(?:apps|packages)\//),
    except: HTTP_EDGE,
    forbids: isPackage(/^(?:fastify|@fastify\/.*)$/),
  },
  {
    rule: 'replication/core imports shared-types only',
    from: production(/apps\/storage-node\/src\/replication\/core\//),
    forbids: (target) =>
      isOtherPackageThan('@netstore/shared-types')(target) ||
      target.kind === 'builtin' ||
      isFileOutside('apps/storage-node/src/replication/core/')(target),
  },
  {
    rule: 'nothing runs the simulation but itself',
    from: /^apps\/storage-node\/src\/(?!replication\/simulation\/)/,
    forbids: (target) => target.kind === 'file' && target.path.startsWith('apps/storage-node/src/replication/simulation/'),
  },
  {
    rule: 'apps and packages reach others through their package, never by path',
    from: /^(?:apps|packages)\//,
    forbids: (target, from) => isFileOutside(`${workspaceOf(from)}/`)(target),
  },
  {
    rule: 'nobody imports an app',
    from: /^/,
    forbids: (target, from) =>
      isPackage(/^@netstore\/(?:auth-service|gateway|storage-node|web|launcher|cli)$/)(target) ||
      (target.kind === 'file' && target.path.startsWith('apps/') && workspaceOf(from) !== workspaceOf(target.path)),
  },
  {
    rule: 'production imports no tests',
    from: /^/,
    except: TEST_MODULE,
    forbids: (target) =>
      target.kind === 'file' ? TEST_MODULE.test(target.path) : isPackage(/^(?:vitest|fast-check|testcontainers|playwright-core)$/)(target),
  },
  {
    rule: 'what is imported is there',
    from: /^/,
    forbids: (target) => target.kind === 'file' && !target.isThere,
  },
];

/** `exportsOf` names the subpaths that each package of the workspace offers. */
export function checkImports(modules: readonly Module[], exportsOf: ReadonlyMap<string, readonly string[]>): Violation[] {
  return [...checkRules(modules), ...checkDeepImports(modules, exportsOf), ...checkCycles(modules)];
}

function checkRules(modules: readonly Module[]): Violation[] {
  return IMPORT_RULES.flatMap(({ rule, from, except, forbids }) =>
    modules
      .filter(({ path }) => from.test(path) && except?.test(path) !== true)
      .flatMap(({ path, imports }) =>
        imports.filter((each) => forbids(each.target, path, each)).map((each) => violation(rule, path, each)),
      ),
  );
}

function checkDeepImports(modules: readonly Module[], exportsOf: ReadonlyMap<string, readonly string[]>): Violation[] {
  const isDeep = ({ target }: Import): boolean =>
    target.kind === 'package' && exportsOf.get(target.name)?.includes(target.subpath) === false;
  return modules.flatMap(({ path, imports }) =>
    imports.filter(isDeep).map((each) => violation("no deep imports past a package's exports", path, each)),
  );
}

/** Depth first; a module that is met again while it is still on the path closes a cycle. */
function checkCycles(modules: readonly Module[]): Violation[] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const done = new Set<string>();
  const violations: Violation[] = [];
  const visit = (module: Module, path: readonly string[]): void => {
    if (done.has(module.path)) return;
    const here = [...path, module.path];
    for (const each of module.imports) {
      if (each.target.kind !== 'file') continue;
      const start = here.indexOf(each.target.path);
      if (start >= 0)
        violations.push({ ...violation('no cycles', module.path, each), what: [...here.slice(start), each.target.path].join(' → ') });
      const next = byPath.get(each.target.path);
      if (next !== undefined && start < 0) visit(next, here);
    }
    done.add(module.path);
  };
  for (const module of modules) visit(module, []);
  return violations;
}

function violation(rule: string, path: string, { line, specifier }: Import): Violation {
  return { rule, path, line, what: specifier };
}

/** `apps/gateway` of `apps/gateway/src/main.ts`. */
function workspaceOf(path: string): string {
  const [parent = '', name = ''] = posix.normalize(path).split('/');
  return parent === 'apps' || parent === 'packages' ? `${parent}/${name}` : parent;
}
