/** IDENTITY and VOTE: which disk this is, and what it promised. */
import { join } from 'node:path';
import { toNetStoreError } from '@netstore/shared-types';
import { IDENTITY_FILE, type Identity, readIdentity } from '../membership/identity.ts';
import type { Vote } from '../membership/vote.ts';
import { VOTE_FILES, VoteFiles } from '../membership/vote-files.ts';
import { type Finding, note, problem, REPLACE_DISK, START_NODE } from './finding.ts';

export interface Membership {
  /** Undefined when there is none, or it cannot be read. */
  readonly identity: Identity | undefined;
  /** The newest that can be read. */
  readonly vote: Vote | undefined;
  readonly findings: readonly Finding[];
}

export async function checkMembership(dataDir: string): Promise<Membership> {
  const identity = await checkIdentity(dataDir);
  const votes = await checkVotes(dataDir, identity.identity !== undefined);
  return { identity: identity.identity, vote: votes.vote, findings: [...identity.findings, ...votes.findings] };
}

async function checkIdentity(dataDir: string): Promise<{ identity: Identity | undefined; findings: Finding[] }> {
  const path = join(dataDir, IDENTITY_FILE);
  try {
    const identity = await readIdentity(dataDir);
    if (identity !== undefined) return { identity, findings: [] };
    return { identity, findings: [note(path, 'It is not there: this node is blank, and belongs to no cluster')] };
  } catch (error) {
    return { identity: undefined, findings: [problem(path, toNetStoreError(error).message, { wayOut: REPLACE_DISK })] };
  }
}

async function checkVotes(dataDir: string, hasIdentity: boolean): Promise<{ vote: Vote | undefined; findings: Finding[] }> {
  const found = await VoteFiles.find(dataDir);
  const sound = found.filter((vote) => typeof vote !== 'string').sort((a, b) => b.generation - a.generation);
  const [vote] = sound;
  const findings = VOTE_FILES.flatMap((name, index) => {
    const state = found[index];
    if (state !== 'damaged' && !(state === 'missing' && hasIdentity)) return [];
    const what = state === 'damaged' ? 'No slot of it can be read' : 'It is not there';
    return vote === undefined
      ? [problem(join(dataDir, name), `${what}, and what this node promised is in no other file`, { wayOut: REPLACE_DISK })]
      : [problem(join(dataDir, name), `${what}; the promise is in the other file`, { wayOut: START_NODE })];
  });
  return { vote, findings };
}
