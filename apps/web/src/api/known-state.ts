/**
 * How new what the page shows is. Every answer about files says which state it shows, and every question says which is the newest
 * this page has seen: so that nothing it showed once disappears again because another node answered.
 */
import { Observable } from './observable.ts';

const VERSION_HEADER = 'X-NetStore-Version';
const STALE_HEADER = 'X-NetStore-Stale';

export class KnownState {
  /** The last answer about files may have been older than what is true by now. */
  readonly isStale = new Observable(false);
  #version: string | undefined;

  /** Header fields for the next question. */
  get fields(): Readonly<Record<string, string>> {
    return this.#version === undefined ? {} : { [VERSION_HEADER]: this.#version };
  }

  /** `header` reads a field of an answer; answers about other things than files have none of these. */
  take(header: (name: string) => string | null): void {
    const version = header(VERSION_HEADER);
    if (version === null) return;
    this.isStale.set(header(STALE_HEADER) !== null);
    if (this.#version === undefined || isLater(version, this.#version)) this.#version = version;
  }
}

/** The one thing that a client knows of these texts. */
function isLater(one: string, other: string): boolean {
  return one.length === other.length ? one > other : one.length > other.length;
}
