/** Faults: what this node found wrong on itself and made good again, for the audit. */
import { FAULT_EVENTS_MAX } from '@netstore/wire-protocol';
import type { FaultJournal } from '../repair/fault-journal.ts';
import type { Handler } from './handler.ts';

export function faultsHandler({ faults }: { readonly faults: FaultJournal }): Handler<'GET_FAULTS'> {
  return async ({ run, after }, connection) =>
    connection.send('FAULTS', { run: faults.run, events: faults.after(run === faults.run ? after : 0, FAULT_EVENTS_MAX) });
}
