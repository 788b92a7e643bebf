/**
 * What clients asked and were told, one JSON line each, synced before a client goes on: the truth that the cluster is
 * held to. The file lies outside every fault that a test makes.
 *
 *   { "id": 7, "event": "invoke", "atMs": …, "client": …, "kind": …, "path": …, "content": … }
 *   { "id": 7, "event": "ok" | "fail" | "unknown", "atMs": …, "content"?: …, "isStale"?: true, "version"?: …, "reason"?: … }
 */
import { type FileHandle, open, readFile } from 'node:fs/promises';
import type { Content, Operation, OperationKind, Outcome } from './history.ts';

interface Invocation {
  readonly id: number;
  readonly event: 'invoke';
  readonly atMs: number;
  readonly client: string;
  readonly kind: OperationKind;
  readonly path: string;
  readonly content: Content;
}

export interface Answer {
  readonly outcome: Outcome;
  /** What a get saw. */
  readonly content?: Content;
  readonly isStale?: boolean;
  readonly version?: string;
  /** For people. */
  readonly reason?: string;
}

interface Ending extends Omit<Answer, 'outcome'> {
  readonly id: number;
  readonly event: Outcome;
  readonly atMs: number;
}

export class Ledger implements AsyncDisposable {
  readonly path: string;
  readonly #file: FileHandle;
  #count = 0;
  #waiting: string[] = [];
  /** The sync that will carry what waits now. */
  #next: Promise<void> | undefined;
  #running: Promise<void> = Promise.resolve();

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  static async create(path: string): Promise<Ledger> {
    return new Ledger(path, await open(path, 'ax', 0o600));
  }

  /** Resolves with the operation's id once its call is on the disk. */
  async invoke(call: Omit<Invocation, 'id' | 'event' | 'atMs'>): Promise<number> {
    this.#count += 1;
    const id = this.#count;
    await this.#write({ id, event: 'invoke', atMs: performance.now(), ...call });
    return id;
  }

  async end(id: number, { outcome, ...answer }: Answer): Promise<void> {
    await this.#write({ id, event: outcome, atMs: performance.now(), ...answer });
  }

  /** As the file says it. */
  async history(): Promise<Operation[]> {
    await this.#running;
    return readLedger(await readFile(this.path, 'utf8'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running.catch(() => undefined);
    await this.#file.close();
  }

  /** Clients that wait together share one sync. */
  #write(line: Invocation | Ending): Promise<void> {
    this.#waiting.push(`${JSON.stringify(line)}\n`);
    this.#next ??= this.#running.then(async () => {
      const lines = this.#waiting.join('');
      this.#waiting = [];
      this.#next = undefined;
      await this.#file.appendFile(lines);
      await this.#file.datasync();
    });
    this.#running = this.#next;
    return this.#next;
  }
}

export function readLedger(text: string): Operation[] {
  const lines = text.split('\n').filter((line) => line !== '');
  const entries = lines.map((line) => JSON.parse(line) as Invocation | Ending);
  const endings = new Map(entries.flatMap((entry) => (entry.event === 'invoke' ? [] : [[entry.id, entry] as const])));
  return entries.flatMap((entry) => {
    if (entry.event !== 'invoke') return [];
    const { id, client, kind, path, atMs } = entry;
    const ending = endings.get(id);
    return [
      {
        id,
        client,
        kind,
        path,
        content: kind === 'get' ? (ending?.content ?? null) : entry.content,
        invokedAtMs: atMs,
        returnedAtMs: ending?.atMs,
        outcome: ending?.event ?? 'unknown',
        isStale: ending?.isStale === true,
        version: ending?.version,
        reason: ending?.reason,
      },
    ];
  });
}
