/** What a client expects to be at a path: the guard against two people overwriting each other. */
import type { VersionId } from '@netstore/shared-types';
import type { Expected } from '@netstore/wire-protocol';
import { reject } from './rejection.ts';

/** What is there: `version` is null for a folder. */
export interface Present {
  readonly version: VersionId | null;
}

/** Rejects with `NS_PRECONDITION_FAILED` when something else is there. */
export function requireExpected(expected: Expected, present: Present | undefined): void {
  switch (expected.kind) {
    case 'any':
      return;
    case 'absent':
      if (present !== undefined) fail('nothing to be there', present);
      return;
    case 'present':
      if (present === undefined) fail('something to be there', present);
      return;
    case 'version':
      if (present?.version !== expected.version) fail(`version ${expected.version}`, present);
  }
}

function fail(expectation: string, present: Present | undefined): never {
  const found = present === undefined ? 'nothing' : present.version === null ? 'a folder' : `version ${present.version}`;
  reject('NS_PRECONDITION_FAILED', `Expected ${expectation}, found ${found}`);
}
