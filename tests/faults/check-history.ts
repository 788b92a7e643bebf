/**
 * Whether the history of one path could have been that of a single file on a single disk: each operation takes effect at
 * one moment between its call and its answer, and a get sees what the last put or delete before it left (invariant 9).
 *
 * The search is Wing and Gong's, with Lowe's memory of what was tried: pick an operation that no unpicked one ended
 * before, see whether the register allows it, go on. A write with unknown outcome may be picked at any later time, or never.
 */
import { byPath, type Content, describeOperation, type Operation } from './history.ts';

/** Picks before the search gives up: a history of few operations a path needs some hundreds. */
const PICKS_MAX = 2_000_000;

export interface Violation {
  readonly path: string;
  /** For people: how far an order was found, and what no order can continue with. */
  readonly explanation: string;
}

/** Every path whose history has no order. */
export function checkHistory(history: readonly Operation[]): Violation[] {
  return [...byPath(history)].flatMap(([path, operations]) => {
    const explanation = checkRegister(operations);
    return explanation === undefined ? [] : [{ path, explanation }];
  });
}

interface Step {
  readonly operation: Operation;
  readonly from: number;
  /** When it must have happened; infinite while its outcome is unknown. */
  readonly until: number;
}

/** Undefined when there is an order; otherwise why not. The path begins with nothing there. */
export function checkRegister(operations: readonly Operation[]): string | undefined {
  const steps = relevantSteps(operations);
  const search = new Search(steps);
  return search.run() ? undefined : search.explain();
}

function relevantSteps(operations: readonly Operation[]): Step[] {
  const seen = new Set(operations.filter(isAnsweredGet).map(({ content }) => content));
  return operations
    .filter((operation) => {
      if (operation.outcome === 'fail') return false;
      if (operation.kind === 'get') return operation.outcome === 'ok';
      // What nobody saw need not have happened: leaving such a write out of an order leaves it an order.
      return operation.outcome === 'ok' || operation.kind === 'delete' || seen.has(operation.content);
    })
    .map((operation) => ({
      operation,
      from: operation.isStale ? Number.NEGATIVE_INFINITY : operation.invokedAtMs,
      until: operation.outcome === 'ok' ? (operation.returnedAtMs ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY,
    }))
    .sort((a, b) => a.from - b.from);
}

const isAnsweredGet = ({ kind, outcome }: Operation): boolean => kind === 'get' && outcome === 'ok';

class Search {
  readonly #steps: readonly Step[];
  readonly #tried = new Set<string>();
  readonly #order: Step[] = [];
  #longest: readonly Step[] = [];
  #picks = 0;

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  run(): boolean {
    return this.#place(0n, null);
  }

  /** `placed` has a bit for each step that is in the order; `content` is what the file holds after them. */
  #place(placed: bigint, content: Content): boolean {
    const open = this.#steps.filter((_, index) => (placed & (1n << BigInt(index))) === 0n);
    if (open.every(({ until }) => until === Number.POSITIVE_INFINITY)) return true;
    const state = `${placed.toString(36)} ${content}`;
    if (this.#tried.has(state)) return false;
    this.#tried.add(state);
    if (this.#order.length > this.#longest.length) this.#longest = [...this.#order];

    const firstEnd = Math.min(...open.map(({ until }) => until));
    // A get that saw what is there now changes nothing for those after it: whatever order there is, there is one with it here.
    const seen = this.#steps.findIndex(
      ({ from, operation }, index) =>
        (placed & (1n << BigInt(index))) === 0n && from <= firstEnd && operation.kind === 'get' && operation.content === content,
    );
    if (seen !== -1) return this.#step(seen, placed, content);
    for (const [index, step] of this.#steps.entries()) {
      const bit = 1n << BigInt(index);
      if ((placed & bit) !== 0n || step.from > firstEnd) continue;
      if (step.operation.kind !== 'get' && this.#step(index, placed, step.operation.content)) return true;
    }
    return false;
  }

  /** Whether an order goes on with this step, after which the file holds `content`. */
  #step(index: number, placed: bigint, content: Content): boolean {
    const step = this.#steps[index] as Step;
    this.#picks += 1;
    if (this.#picks > PICKS_MAX)
      throw new Error(`The history of ${step.operation.path} is too tangled: ${PICKS_MAX} picks were not enough`);
    this.#order.push(step);
    if (this.#place(placed | (1n << BigInt(index)), content)) return true;
    this.#order.pop();
    return false;
  }

  explain(): string {
    const placed = new Set(this.#longest);
    const lines = (steps: readonly Step[]): string => steps.map(({ operation }) => `  ${describeOperation(operation)}`).join('\n');
    return `The longest order found:\n${lines(this.#longest)}\nand nothing of this can come next:\n${lines(this.#steps.filter((step) => !placed.has(step)))}`;
  }
}

/** The set: names that were added once each. Every acknowledged one is listed, and nothing that nobody added or that was refused. */
export function checkSet(added: readonly Operation[], listed: ReadonlySet<string>): string[] {
  const lost = added
    .filter(({ outcome, path }) => outcome === 'ok' && !listed.has(path))
    .map(({ path }) => `${path} was acknowledged and is lost`);
  const possible = new Set(added.filter(({ outcome }) => outcome !== 'fail').map(({ path }) => path));
  const invented = [...listed].filter((path) => !possible.has(path)).map((path) => `${path} is listed and was never added, or refused`);
  return [...lost, ...invented];
}

/** Contents that became more than one version: each operation writes a content of its own, so one of them took effect twice (invariant 10). */
export function findDuplicates(versions: readonly Content[]): Content[] {
  return versions.filter((content, index) => versions.indexOf(content) !== index);
}
