/** The branches that a long run has to have taken, each by the name under which the model counts it. */
import type { Coverage } from './coverage.ts';

export const BRANCHES: readonly string[] = [
  // Every way from one role to another.
  'role: secondary → prevoting',
  'role: secondary → candidate',
  'role: prevoting → candidate',
  'role: prevoting → secondary',
  'role: candidate → recovering',
  'role: candidate → secondary',
  'role: recovering → activating',
  'role: recovering → secondary',
  'role: activating → primary',
  'role: activating → secondary',
  'role: primary → secondary',
  // Elections.
  'pre-vote granted',
  'pre-vote refused',
  'fenced',
  'own promise came too late',
  'promoted',
  'hand-over: begun',
  'hand-over: done',
  'hand-over: put off',
  'hand-over: not taken over',
  'hand-over: nobody came',
  // The log that an epoch begins with.
  'log choice: chosen, own',
  "log choice: chosen, another's",
  'log choice: wait for a majority',
  'log choice: wait for all nodes',
  'log choice: wait for what a damaged log has lost',
  'recovery: own log was damaged',
  'epoch ended before it was open',
  'epoch opened',
  // Void records.
  'blobs of a record looked for',
  'records declared void',
  'void record applied',
  // Following.
  'append: append',
  'append: gap',
  'suffix set aside',
  'stream goes on behind the last record',
  'stream goes back to the commit point',
  'stream ended: NS_CONFLICT',
  'stream ended: NS_FENCED',
  'commit point waits for the record that opened the epoch',
  'acknowledgement waited for blobs',
  'record let through without its blobs',
  'debt worked off',
  // Disks.
  'started with a damaged log',
  'damaged mark restored',
  'rolled-back disk refused',
  'own log could not be written',
  'step down: the disk does not finish a sync',
  'join: begun',
  'join: committed',
  'join: epoch ended first',
  'vote refused to or by a disk that is no full member',
  // Clients.
  'blobs missing at commit',
  'operation was known already',
  'operation left unknown',
  'answer waited for a second copy',
  'read answered',
  'read answered by a version token',
  // Deaths at every step of taking over.
  'killed as prevoting',
  'killed as candidate',
  'killed as recovering',
  'killed as activating',
  'killed as primary',
  'killed as secondary',
  'power cut as candidate',
  'power cut as recovering',
  'power cut as activating',
  'power cut as primary',
  'power cut as secondary',
  'frozen as primary',
  'frozen as secondary',
];

export function branchesNotTaken(coverage: Coverage): readonly string[] {
  return BRANCHES.filter((branch) => coverage.of(branch) === 0);
}
