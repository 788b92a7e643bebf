/** `netstore audit verify`: whether an exported audit is whole, without a server. */
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { defineCommand, formatCount, type ParsedCommand } from '@netstore/command-line';
import { NetStoreError } from '@netstore/shared-types';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { type Verdict, verifyAudit } from '../audit/verify-audit.ts';

const KeySet = Type.Object({ keys: Type.Array(Type.Object({ kid: Type.String(), x: Type.String() })) });
const EXIT_CODES = { whole: 0, changed: 1, failed: 2 } as const;

export function auditVerifyCommand(): ParsedCommand {
  return defineCommand({
    name: 'audit verify',
    summary: 'Proves that an exported audit was not changed',
    details: [
      'Reads what GET /api/v1/audit/export?format=json gave, checks the hash of every entry and all signatures, and says what was changed, removed or inserted.',
      'With --key only signatures by keys of that JSON Web Key Set are believed, which has to come from elsewhere; without it those in the file are.',
    ],
    positionals: { FILE: 'the export' },
    options: {
      key: { type: 'string', value: 'JWKS', help: 'the keys that are believed' },
      json: { type: 'boolean', help: 'prints JSON for programs' },
    },
    examples: ['netstore audit verify audit.jsonl', 'netstore audit verify audit.jsonl --key jwks.json'],
    exitCodes: { 0: 'it is whole', 1: 'it was changed', 2: 'it cannot be read' },
    failureExitCode: EXIT_CODES.failed,
    run: async ({ positionals, options }, terminal) => {
      const trusted = options.key === undefined ? undefined : readKeys(options.key);
      const verdict = await verifyAudit(linesOf(positionals.FILE), trusted);
      if (options.json) await terminal.printJson(verdict);
      else await terminal.print(textOf(verdict));
      return verdict.faults.length === 0 ? EXIT_CODES.whole : EXIT_CODES.changed;
    },
  });
}

async function* linesOf(path: string): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function readKeys(path: string): ReadonlyMap<string, string> {
  let keys: unknown;
  try {
    keys = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw unreadable(path, cause);
  }
  if (!Value.Check(KeySet, keys)) throw new NetStoreError('NS_CONFIG_INVALID', `${path} is no JSON Web Key Set of Ed25519 keys`);
  return new Map(keys.keys.map(({ kid, x }) => [kid, x]));
}

function unreadable(path: string, cause: unknown): NetStoreError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new NetStoreError('NS_CONFIG_INVALID', `${path} cannot be read: ${reason}`, { cause });
}

function textOf({ entries, signedUpTo, faults }: Verdict): string {
  if (faults.length === 0) return `The audit is whole: ${formatCount(entries, 'entry', 'entries')}, signed up to ${signedUpTo}.`;
  return ['The audit was changed.', ...faults.map((fault) => `- ${fault}`)].join('\n');
}
