/**
 * The worker thread of the catalogue: has the file open and answers one question after the other. An error that leaves the
 * file in doubt ends the thread, and with it the process.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { NetStoreError } from '@netstore/shared-types';
import type { Answer, Failure, Greeting, Question } from './calls.ts';
import { beginAnew, type DatabasePlace, openDatabase } from './open-database.ts';
import { OpenedCatalogue } from './opened-catalogue.ts';
import { describeFailure, isFatal, sqliteCodeOf } from './sqlite-failure.ts';

const port = parentPort;
if (port === null) throw new Error('The worker of the catalogue is started by the catalogue');

const place = workerData as DatabasePlace;
/** Why the file is in quarantine. */
let condemned: Failure | undefined;
const catalogue = open(place);
if (catalogue === undefined) port.close();
else port.on('message', (question: Question) => answer(catalogue, question));
// As the service itself does: what starting left behind would stay for minutes.
globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });

function open(from: DatabasePlace): OpenedCatalogue | undefined {
  try {
    const { database, movedTo } = openDatabase(from);
    const opened = new OpenedCatalogue(database);
    port?.postMessage({ kind: 'opened', state: opened.state, movedTo } satisfies Greeting);
    return opened;
  } catch (error) {
    port?.postMessage({ kind: 'refused', failure: failureOf(error) } satisfies Greeting);
    return undefined;
  }
}

function answer(opened: OpenedCatalogue, { id, name, args }: Question): void {
  const given = ask(opened, { id, name, args });
  port?.postMessage(given);
  if (name === 'apply' && 'result' in given) tidy(opened);
  if (name === 'close') port?.close();
}

function ask(opened: OpenedCatalogue, { id, name, args }: Question): Answer {
  if (condemned !== undefined) return { id, failure: condemned };
  try {
    const call = opened[name] as (...values: readonly unknown[]) => unknown;
    return { id, result: call.call(opened, ...args) };
  } catch (error) {
    if (isFatal(error)) throw error;
    const failure = failureOf(error);
    if (failure.code === 'NS_CATALOGUE_DAMAGED') condemn(opened, failure);
    return { id, failure };
  }
}

/** What it answers from now on would be wrong: the file is moved aside, and nothing more is answered. The process ends. */
function condemn(opened: OpenedCatalogue, failure: Failure): void {
  condemned = failure;
  opened.abandon();
  const { doubtSeq } = failure.details;
  beginAnew(place, (fresh) => {
    if (typeof doubtSeq === 'number') new OpenedCatalogue(fresh).addDoubt(doubtSeq);
  });
}

/** A full disk, or somebody who reads, puts the checkpoint off: a later group tries again. */
function tidy(opened: OpenedCatalogue): void {
  try {
    opened.tidy();
  } catch (error) {
    const isPutOff = sqliteCodeOf(error) === 'SQLITE_FULL' || (error instanceof NetStoreError && error.code === 'NS_BUSY');
    if (!isPutOff) throw error;
  }
}

function failureOf(error: unknown): Failure {
  const { code, message, details } = describeFailure(error);
  return { code, message, details };
}
