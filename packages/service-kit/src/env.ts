/**
 * Reads a service's configuration from environment variables. Every getter records what is wrong and returns a harmless
 * placeholder, so that one start names every problem; `finish()` throws before any placeholder can be used.
 *
 * An empty variable counts as unset, because compose files pass unset variables on as empty ones. Values never appear in
 * messages: one of them may be a secret under the wrong name.
 */
import { readFileSync, statSync } from 'node:fs';
import { NetStoreError, type NodeId, parseNodeId } from '@netstore/shared-types';

const KEY_HEX = /^[0-9a-fA-F]{64}$/;
/** 32 random bytes have about 30 different values; fewer than 12 happens to no honest key. */
const KEY_DISTINCT_BYTES_MIN = 12;
const SECRET_FILE_BYTES_MAX = 4096;
const HOST_AND_PORT = /^(?:\[(?<bracketed>[0-9a-fA-F:.]+)\]|(?<plain>[^:[\]\s]+)):(?<port>\d{1,5})$/;

export interface NodeAddress {
  readonly id: NodeId;
  readonly host: string;
  readonly port: number;
}

export class EnvReader {
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #problems: string[] = [];

  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#env = env;
  }

  /** Records a problem that no single variable has: a relation between two of them. */
  problem(text: string): void {
    this.#problems.push(text);
  }

  optionalText(name: string): string | undefined {
    const value = this.#env[name];
    return value === undefined || value === '' ? undefined : value;
  }

  text(name: string, options: { readonly default?: string; readonly pattern?: RegExp } = {}): string {
    const value = this.optionalText(name) ?? options.default;
    if (value === undefined) return this.#bad(`${name} is not set`, '');
    if (options.pattern?.test(value) === false) return this.#bad(`${name} does not match ${options.pattern.source}`, '');
    return value;
  }

  integer(
    name: string,
    options: {
      readonly default?: number;
      readonly min: number;
      readonly max: number;
    },
  ): number {
    const text = this.optionalText(name);
    if (text === undefined) return options.default ?? this.#bad(`${name} is not set`, options.min);
    const value = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= options.min && value <= options.max) return value;
    return this.#bad(`${name} is not a whole number from ${options.min} to ${options.max}`, options.min);
  }

  /** A number with or without decimals, `30` or `0.25`; no signs, no exponents. */
  decimal(name: string, options: { readonly default: number; readonly min: number; readonly max: number }): number {
    const text = this.optionalText(name);
    if (text === undefined) return options.default;
    const value = /^\d{1,9}(?:\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= options.min && value <= options.max) return value;
    return this.#bad(`${name} is not a number from ${options.min} to ${options.max}`, options.min);
  }

  /** `1` and `true`, `0` and `false`; unset is false. */
  flag(name: string): boolean {
    const value = this.choice(name, ['1', '0', 'true', 'false'], '0');
    return value === '1' || value === 'true';
  }

  choice<const Value extends string>(name: string, values: readonly Value[], defaultValue: NoInfer<Value>): Value {
    const text = this.optionalText(name) ?? defaultValue;
    return values.find((value) => value === text) ?? this.#bad(`${name} is not one of ${values.join(', ')}`, defaultValue);
  }

  /** A secret in the variable itself or in the file that `<name>_FILE` names; a file's last line break is no part of it. */
  optionalSecret(name: string): string | undefined {
    const value = this.optionalText(name);
    if (this.optionalText(`${name}_FILE`) === undefined) return value;
    if (value !== undefined) return this.#bad(`${name} and ${name}_FILE are both set: only one of them may be`, undefined);
    return this.#secretFile(`${name}_FILE`)?.replace(/\r?\n$/, '');
  }

  /** 32 bytes from a file of 64 hex characters that only its owner can read. */
  keyFile(name: string): Buffer {
    const placeholder = Buffer.alloc(32);
    if (this.optionalText(name) === undefined) return this.#bad(`${name} is not set`, placeholder);
    const text = this.#secretFile(name)?.trim();
    if (text === undefined) return placeholder;
    if (!KEY_HEX.test(text))
      return this.#bad(`${name}: expected a file of 64 hex characters, found ${text.length} characters`, placeholder);
    const key = Buffer.from(text, 'hex');
    if (new Set(key).size < KEY_DISTINCT_BYTES_MIN) return this.#bad(`${name}: the key is a sample, not 32 random bytes`, placeholder);
    return key;
  }

  /** `node-1=host:port,node-2=[::1]:port`, in order of preference. */
  nodes(name: string): readonly NodeAddress[] {
    const text = this.optionalText(name);
    if (text === undefined) return this.#bad(`${name} is not set`, []);
    const nodes: NodeAddress[] = [];
    for (const entry of text.split(',')) {
      const node = parseNodeAddress(entry.trim());
      if (node === undefined) {
        this.problem(`${name}: expected name=host:port in place ${nodes.length + 1}`);
        return [];
      }
      if (nodes.some(({ id }) => id === node.id)) this.problem(`${name} names ${node.id} twice`);
      if (nodes.some(({ host, port }) => host === node.host && port === node.port)) {
        this.problem(`${name} gives ${node.host}:${node.port} to two nodes`);
      }
      nodes.push(node);
    }
    return nodes;
  }

  /** Throws one `NS_CONFIG_INVALID` that lists every problem found so far. */
  finish(): void {
    if (this.#problems.length === 0) return;
    throw new NetStoreError('NS_CONFIG_INVALID', `The configuration is wrong: ${this.#problems.join('; ')}`, {
      details: { problems: [...this.#problems] },
    });
  }

  #secretFile(name: string): string | undefined {
    const path = this.optionalText(name) ?? '';
    try {
      const { mode, size } = statSync(path);
      if (size > SECRET_FILE_BYTES_MAX) return this.#bad(`${name}: the file is larger than ${SECRET_FILE_BYTES_MAX} bytes`, undefined);
      if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
        return this.#bad(
          `${name}: others than the owner may use the file: expected mode 0600, found 0${(mode & 0o777).toString(8)}`,
          undefined,
        );
      }
      return readFileSync(path, 'utf8');
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
      return this.#bad(`${name}: the file cannot be read (${reason})`, undefined);
    }
  }

  #bad<Placeholder>(problem: string, placeholder: Placeholder): Placeholder {
    this.problem(problem);
    return placeholder;
  }
}

function parseNodeAddress(entry: string): NodeAddress | undefined {
  const separator = entry.indexOf('=');
  const address = HOST_AND_PORT.exec(entry.slice(separator + 1))?.groups;
  const host = address?.bracketed ?? address?.plain;
  const port = Number(address?.port);
  if (separator < 1 || host === undefined || port < 1 || port > 65_535) return undefined;
  try {
    return { id: parseNodeId(entry.slice(0, separator)), host, port };
  } catch {
    return undefined;
  }
}
