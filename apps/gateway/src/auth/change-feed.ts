/**
 * Listens to the auth service for what has to be asked again, for as long as the gateway runs. Whatever was missed while nobody listened is
 * made up for by forgetting everything when it listens again; that no answer is older than 5 s does not depend on any of this.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Change } from '@netstore/shared-types';
import { Check } from 'typebox/value';

const RETRY_AFTER_MS = 1_000;
/** The auth service gives a sign of life every 2 s. */
const SILENCE_MS_MAX = 6_000;
const EVENT_CHARACTERS_MAX = 64 * 1024;

export interface ChangeFeedOptions {
  /** Opens the stream of server-sent events; rejects when nobody answers. */
  readonly open: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;
  readonly onChange: (change: Change) => void;
  /** Told once when the stream ends or cannot be opened, until it is open again. */
  readonly onLost: (error: unknown) => void;
}

export class ChangeFeed implements AsyncDisposable {
  readonly #options: ChangeFeedOptions;
  readonly #stopped = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #isLost = false;

  constructor(options: ChangeFeedOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run(this.#stopped.signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      try {
        await this.#listen(stopped);
      } catch (error) {
        if (stopped.aborted) return;
        if (!this.#isLost) this.#options.onLost(error);
        this.#isLost = true;
      }
      await sleep(RETRY_AFTER_MS, undefined, { signal: stopped }).catch(() => undefined);
    }
  }

  /** Until the stream ends, is silent for too long, or the gateway stops. */
  async #listen(stopped: AbortSignal): Promise<void> {
    const silent = new AbortController();
    const timer = setTimeout(() => silent.abort(new Error(`The auth service was silent for ${SILENCE_MS_MAX} ms`)), SILENCE_MS_MAX);
    try {
      const stream = await this.#options.open(AbortSignal.any([stopped, silent.signal]));
      let rest = '';
      this.#options.onChange({ kind: 'all' });
      this.#isLost = false;
      for await (const text of decode(stream)) {
        timer.refresh();
        const events = (rest + text).split('\n\n');
        rest = events.pop() ?? '';
        if (rest.length > EVENT_CHARACTERS_MAX) throw new Error('The auth service sent an event without an end');
        for (const event of events) this.#take(event);
      }
    } finally {
      clearTimeout(timer);
    }
    throw new Error('The auth service ended the stream of changes');
  }

  /** Lines that begin with a colon are signs of life. What is not understood may be about anything. */
  #take(event: string): void {
    if (!event.startsWith('data: ')) return;
    const change = parse(event.slice('data: '.length));
    this.#options.onChange(Check(Change, change) ? change : { kind: 'all' });
  }
}

async function* decode(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const bytes of stream) yield decoder.decode(bytes, { stream: true });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
