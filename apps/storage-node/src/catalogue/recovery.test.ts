import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Catalogue } from './catalogue.ts';
import { recoveryRecords } from './testing/recovery-records.ts';
import { type ScratchDirectory, scratchDirectory } from './testing/scratch.ts';

const PROGRAM = fileURLToPath(new URL('./testing/apply-until-killed.ts', import.meta.url));
const KILLS = 6;
const TIMEOUT_MS = 120_000;

/** Runs the program until it has applied `groups` groups and kills it in the middle of the next; gives the last seq it printed. */
async function applyAndKill(directory: ScratchDirectory, groups: number, groupSize: number): Promise<number> {
  const child = spawn(process.execPath, [PROGRAM, directory.path, directory.quarantineDir, String(groupSize)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let printed = 0;
  let seq = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    seq = Number(line);
    printed += 1;
    if (printed === groups) child.kill('SIGKILL');
  }
  await exited;
  return seq;
}

test('killed at any moment and opened again, it goes on from a whole group and ends the same (invariants 15, 17)', {
  timeout: TIMEOUT_MS,
}, async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  process.stdout.write(`recovery seed ${seed}\n`);
  const records = recoveryRecords();
  using directory = scratchDirectory();
  for (let kill = 0; kill < KILLS; kill += 1) {
    const printed = await applyAndKill(directory, 1 + ((seed >> kill) % 8), 25 + kill);
    await using catalogue = await Catalogue.open(directory);
    expect(catalogue.movedTo).toBeUndefined();
    expect(catalogue.applied.seq).toBeGreaterThanOrEqual(printed);
    expect(catalogue.applied.hash).toEqual(Uint8Array.from(records[catalogue.applied.seq - 1]?.hash ?? []));
  }

  await using recovered = await Catalogue.open(directory);
  expect(recovered.applied.seq).toBeLessThan(records.length);
  await recovered.apply(records.slice(recovered.applied.seq), new Set());
  using other = scratchDirectory();
  await using rebuilt = await Catalogue.open(other);
  for (let at = 0; at < records.length; at += 500) await rebuilt.apply(records.slice(at, at + 500), new Set());
  expect(rebuilt.applied).toEqual(recovered.applied);
  expect(await rebuilt.proof.digest()).toBe(await recovered.proof.digest());
});
