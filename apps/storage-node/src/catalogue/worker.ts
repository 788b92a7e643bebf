/**
 * The worker thread of the catalogue: has the file open and answers one question after the other. An error that leaves the
 * file in doubt ends the thread, and with it the process.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Answer, Failure, Greeting, Question } from './calls.ts';
import { type DatabasePlace, openDatabase } from './open-database.ts';
import { OpenedCatalogue } from './opened-catalogue.ts';
import { describeFailure, isFatal, sqliteCodeOf } from './sqlite-failure.ts';

const port = parentPort;
if (port === null) throw new Error('The worker of the catalogue is started by the catalogue');

const catalogue = open(workerData as DatabasePlace);
if (catalogue === undefined) port.close();
else port.on('message', (question: Question) => answer(catalogue, question));
// As the service itself does: what starting left behind would stay for minutes.
globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });

function open(place: DatabasePlace): OpenedCatalogue | undefined {
  try {
    const { database, movedTo } = openDatabase(place);
    const opened = new OpenedCatalogue(database);
    port?.postMessage({ kind: 'opened', state: opened.state, movedTo } satisfies Greeting);
    return opened;
  } catch (error) {
    port?.postMessage({ kind: 'refused', failure: failureOf(error) } satisfies Greeting);
    return undefined;
  }
}

function answer(opened: OpenedCatalogue, { id, name, args }: Question): void {
  port?.postMessage(ask(opened, { id, name, args }));
  if (name === 'apply') tidy(opened);
  if (name === 'close') port?.close();
}

function ask(opened: OpenedCatalogue, { id, name, args }: Question): Answer {
  try {
    const call = opened[name] as (...values: readonly unknown[]) => unknown;
    return { id, result: call.call(opened, ...args) };
  } catch (error) {
    if (isFatal(error)) throw error;
    return { id, failure: failureOf(error) };
  }
}

/** A full disk puts the checkpoint off: the next group tries again. */
function tidy(opened: OpenedCatalogue): void {
  try {
    opened.tidy();
  } catch (error) {
    if (sqliteCodeOf(error) !== 'SQLITE_FULL') throw error;
  }
}

function failureOf(error: unknown): Failure {
  const { code, message, details } = describeFailure(error);
  return { code, message, details };
}
