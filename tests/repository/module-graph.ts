/**
 * Every module of the workspace and what it imports, read by a parser that understands TypeScript. Types count like values here: a file that names
 * another's types knows about it.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix } from 'node:path';
import { parseSync } from 'oxc-parser';

export interface Import {
  /** As written. */
  readonly specifier: string;
  readonly line: number;
  readonly target: Target;
  /** What is taken from it, as named there; `*` stands for everything, also where nothing is named. */
  readonly names: readonly string[];
  readonly isTypeOnly: boolean;
}

export type Target =
  /** A file of the workspace, by its path from the root; `isThere` is false for a file that does not exist. */
  | { readonly kind: 'file'; readonly path: string; readonly isThere: boolean }
  | { readonly kind: 'builtin'; readonly name: string }
  /** `subpath` is `.` or begins with `./`. */
  | { readonly kind: 'package'; readonly name: string; readonly subpath: string };

export interface Module {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly imports: readonly Import[];
}

const SOURCES = [
  'apps/*/*.ts',
  'apps/*/src/**/*.{ts,tsx}',
  'packages/*/*.ts',
  'packages/*/src/**/*.{ts,tsx}',
  'tests/**/*.ts',
  'bench/**/*.ts',
  '*.ts',
];
const BUILTINS: ReadonlySet<string> = new Set(builtinModules);

export function readModules(root: string): Module[] {
  return globSync(SOURCES, { cwd: root, exclude: (name) => name.includes('node_modules') })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .map((path) => readModule(root, path));
}

function readModule(root: string, path: string): Module {
  const text = readFileSync(join(root, path), 'utf8');
  const { module, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  const found = [
    ...module.staticImports.map(({ moduleRequest, entries }) => ({
      ...moduleRequest,
      names: entries.length === 0 ? ['*'] : entries.map(({ importName }) => importName.name ?? '*'),
      isTypeOnly: entries.length > 0 && entries.every(({ isType }) => isType),
    })),
    ...module.staticExports
      .flatMap(({ entries }) => entries)
      .flatMap(({ moduleRequest, importName, isType }) =>
        moduleRequest === null ? [] : { ...moduleRequest, names: [importName.name ?? '*'], isTypeOnly: isType },
      ),
    ...module.dynamicImports.flatMap(({ moduleRequest: { start, end } }) => literalAt(text, start, end)),
  ];
  const imports = found.map(({ value, start, names, isTypeOnly }) => ({
    specifier: value,
    line: text.slice(0, start).split('\n').length,
    target: resolve(root, path, value),
    names,
    isTypeOnly,
  }));
  return { path, imports };
}

interface Literal {
  readonly value: string;
  readonly start: number;
  readonly names: readonly string[];
  readonly isTypeOnly: boolean;
}

/** A dynamic import of anything but a literal cannot be checked; none is allowed, see the tidy test. */
function literalAt(text: string, start: number, end: number): Literal[] {
  const literal = /^(['"])(.*)\1$/.exec(text.slice(start, end));
  return literal?.[2] === undefined ? [] : [{ value: literal[2], start, names: ['*'], isTypeOnly: false }];
}

function resolve(root: string, from: string, specifier: string): Target {
  if (specifier.startsWith('.')) {
    const path = posix.normalize(posix.join(posix.dirname(from), specifier));
    return { kind: 'file', path, isThere: existsSync(join(root, path)) };
  }
  const bare = specifier.replace(/^node:/, '');
  if (specifier.startsWith('node:') || BUILTINS.has(bare)) return { kind: 'builtin', name: bare };
  const [name = '', ...rest] = specifier.startsWith('@') ? splitScoped(specifier) : specifier.split('/');
  return { kind: 'package', name, subpath: rest.length === 0 ? '.' : `./${rest.join('/')}` };
}

function splitScoped(specifier: string): string[] {
  const [scope = '', name = '', ...rest] = specifier.split('/');
  return [`${scope}/${name}`, ...rest];
}
