/**
 * Three namespaces for three nodes, each with an address of its own, joined by a bridge in a fourth; packets between them can be dropped. Needs root, iproute2
 * and iptables. Nothing of it is in the network of the machine but one end of a cable, by which the test itself reaches the nodes.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';

const SUBNET = '10.211.77';
const OWN_ADDRESS = `${SUBNET}.1`;

/** Why there can be no such network here; undefined when there can. */
export function whyNoNetwork(): string | undefined {
  try {
    using network = FaultNetwork.make(1);
    network.drop(0, [OWN_ADDRESS]);
    return undefined;
  } catch (error) {
    return `network namespaces with iptables: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`;
  }
}

export class FaultNetwork implements Disposable {
  readonly #prefix = `nsf${randomBytes(2).toString('hex')}`;
  readonly #namespaces: string[] = [];
  readonly #count: number;

  private constructor(count: number) {
    this.#count = count;
  }

  static make(count: number): FaultNetwork {
    const network = new FaultNetwork(count);
    try {
      network.#build();
      return network;
    } catch (error) {
      network[Symbol.dispose]();
      throw error;
    }
  }

  address(index: number): string {
    return `${SUBNET}.${index + 10}`;
  }

  /** What a process is run through to be in the namespace: it becomes the process in the end. */
  through(index: number): readonly string[] {
    return ['ip', 'netns', 'exec', this.#name(index)];
  }

  /** Whatever leaves this node for these addresses is dropped. */
  drop(index: number, addresses: readonly string[]): void {
    for (const address of addresses) this.#inside(index, 'iptables', '-w', '-A', 'OUTPUT', '-d', address, '-j', 'DROP');
  }

  /** One in so many packets that leave the node is lost. */
  lose(index: number, oneIn: number): void {
    this.#inside(
      index,
      'iptables',
      '-w',
      '-A',
      'OUTPUT',
      '-m',
      'statistic',
      '--mode',
      'random',
      '--probability',
      String(1 / oneIn),
      '-j',
      'DROP',
    );
  }

  /** Everything this node sends for these addresses is answered by a reset. */
  reset(index: number, addresses: readonly string[]): void {
    for (const address of addresses) {
      this.#inside(index, 'iptables', '-w', '-A', 'OUTPUT', '-p', 'tcp', '-d', address, '-j', 'REJECT', '--reject-with', 'tcp-reset');
    }
  }

  heal(): void {
    for (let index = 0; index < this.#count; index += 1) this.#inside(index, 'iptables', '-w', '-F', 'OUTPUT');
  }

  [Symbol.dispose](): void {
    for (const name of this.#namespaces) spawnSync('ip', ['netns', 'del', name]);
    spawnSync('ip', ['link', 'del', `${this.#prefix}h`]);
  }

  get #switch(): string {
    return `${this.#prefix}s`;
  }

  #name(index: number): string {
    return `${this.#prefix}${index}`;
  }

  #build(): void {
    const count = this.#count;
    for (let index = 0; index < count; index += 1) this.#add(this.#name(index));
    this.#add(this.#switch);
    run('ip', 'netns', 'exec', this.#switch, 'ip', 'link', 'add', 'bridge', 'type', 'bridge');
    run('ip', 'netns', 'exec', this.#switch, 'ip', 'link', 'set', 'bridge', 'up');
    for (let index = 0; index < count; index += 1) {
      const own = `${this.#name(index)}v`;
      run('ip', 'link', 'add', own, 'netns', this.#name(index), 'type', 'veth', 'peer', 'name', `port${index}`, 'netns', this.#switch);
      this.#plugIn(`port${index}`);
      this.#inside(index, 'ip', 'address', 'add', `${this.address(index)}/24`, 'dev', own);
      this.#inside(index, 'ip', 'link', 'set', own, 'up');
    }
    run('ip', 'link', 'add', `${this.#prefix}h`, 'type', 'veth', 'peer', 'name', 'host', 'netns', this.#switch);
    this.#plugIn('host');
    run('ip', 'address', 'add', `${OWN_ADDRESS}/24`, 'dev', `${this.#prefix}h`);
    run('ip', 'link', 'set', `${this.#prefix}h`, 'up');
  }

  #add(name: string): void {
    run('ip', 'netns', 'add', name);
    this.#namespaces.push(name);
    run('ip', 'netns', 'exec', name, 'ip', 'link', 'set', 'lo', 'up');
  }

  #plugIn(port: string): void {
    run('ip', 'netns', 'exec', this.#switch, 'ip', 'link', 'set', port, 'master', 'bridge', 'up');
  }

  #inside(index: number, ...command: string[]): void {
    run('ip', 'netns', 'exec', this.#name(index), ...command);
  }
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
