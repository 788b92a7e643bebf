/** Any sequence of appends, cuts and reopenings leaves the log as a plain list of records would be. */
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LogRecord, NO_HASH } from './record.ts';
import { ReplicatedLog } from './replicated-log.ts';
import { recordChain } from './testing/record-chain.ts';
import { makeTempDir } from './testing/temp-dir.ts';

type Step =
  | { readonly kind: 'append'; readonly sizes: readonly number[] }
  | { readonly kind: 'set-aside'; readonly at: number }
  | { readonly kind: 'reopen'; readonly mark: number }
  | { readonly kind: 'compact'; readonly count: number }
  | { readonly kind: 'read'; readonly at: number; readonly bytesMax: number };

const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('append' as const), sizes: fc.array(fc.nat({ max: 700 }), { minLength: 1, maxLength: 6 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('set-aside' as const), at: fraction }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reopen' as const), mark: fraction }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('compact' as const), count: fc.nat({ max: 2 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('read' as const), at: fraction, bytesMax: fc.nat({ max: 3000 }) }) },
);

const hexes = (records: readonly LogRecord[]): string[] => records.map(({ hash }) => Buffer.from(hash).toString('hex'));
const endOf = (records: readonly LogRecord[]) => ({ seq: records.at(-1)?.seq ?? 0, hash: records.at(-1)?.hash ?? NO_HASH });

/** What the log should give: from `fromSeq` on, while the bytes last, one at least. */
function expectedRead(model: readonly LogRecord[], fromSeq: number, bytesMax: number): LogRecord[] {
  const given: LogRecord[] = [];
  let bytes = 0;
  for (const record of model.slice(fromSeq - 1)) {
    bytes += record.encoded.length;
    if (given.length > 0 && bytes > bytesMax) break;
    given.push(record);
  }
  return given;
}

test('a log is a list of records that is never damaged by what is done to it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
      await using dir = await makeTempDir('log', 'divergent');
      const open = (mark = endOf([])) =>
        ReplicatedLog.open({ dir: join(dir.path, 'log'), divergentDir: join(dir.path, 'divergent'), mark, segmentBytes: 1024 });
      let log = await open();
      let model: LogRecord[] = [];
      let epoch = 1;
      try {
        for (const next of steps) {
          switch (next.kind) {
            case 'append': {
              const made: LogRecord[] = [];
              for (const payloadBytes of next.sizes)
                made.push(...recordChain(1, { after: endOf([...model, ...made]), epoch, payloadBytes }));
              // One call for the first half, one for each of the others, all at once.
              const half = Math.ceil(made.length / 2);
              await Promise.all([log.append(made.slice(0, half)), ...made.slice(half).map((record) => log.append([record]))]);
              model = [...model, ...made];
              break;
            }
            case 'set-aside': {
              const fromSeq = Math.max(log.base.seq, Math.floor(next.at * model.length)) + 1;
              await log.setAside(fromSeq);
              model = model.slice(0, fromSeq - 1);
              epoch += 1;
              break;
            }
            case 'reopen':
              await log[Symbol.asyncDispose]();
              log = await open(endOf(model.slice(0, Math.round(next.mark * model.length))));
              expect(log.tornTail).toBeUndefined();
              break;
            case 'compact':
              await log.compact(next.count);
              break;
            case 'read': {
              const fromSeq = Math.max(log.base.seq, Math.floor(next.at * model.length)) + 1;
              expect(hexes(await log.read(fromSeq, next.bytesMax))).toEqual(hexes(expectedRead(model, fromSeq, next.bytesMax)));
              expect(await log.epochAt(fromSeq)).toBe(model[fromSeq - 1]?.epoch);
              break;
            }
          }
          expect({ ...log.last, hash: Buffer.from(log.last.hash) }).toEqual({ ...endOf(model), hash: Buffer.from(endOf(model).hash) });
          const kept = model.slice(log.base.seq);
          expect(hexes(await log.read(log.base.seq + 1, Number.MAX_SAFE_INTEGER))).toEqual(hexes(kept));
          expect(log.bytesFrom(log.base.seq + 1)).toBe(kept.reduce((sum, { encoded }) => sum + encoded.length, 0));
        }
      } finally {
        await log[Symbol.asyncDispose]();
      }
    }),
    { numRuns: 60 },
  );
});
