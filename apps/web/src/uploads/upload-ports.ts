/** What the queue of uploads needs of its surroundings. */
import type { Entry } from '@netstore/shared-types';
import type { Upload } from './upload.ts';

export interface SendOptions {
  readonly onProgress: (sentBytes: number) => void;
  /** Every byte has left. */
  readonly onSent: () => void;
  readonly signal: AbortSignal;
}

export interface UploadPorts {
  /** Resolves when the server has acknowledged. Rejects with `ApiProblem`: 412 where a file is in the way. */
  readonly send: (upload: Upload, options: SendOptions) => Promise<Entry>;
  readonly newKey: () => string;
  /** Resolves early when the signal aborts. */
  readonly wait: (delayMs: number, signal: AbortSignal) => Promise<void>;
  /** Resolves at once while somebody is signed in. */
  readonly signedIn: (signal: AbortSignal) => Promise<void>;
  /** Runs the task once, soon; used to tell watchers at a bounded rate. */
  readonly soon: (task: () => void) => void;
  readonly onStored: (upload: Upload, entry: Entry) => void;
}
