import type { FilePath } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { Catalogue } from './catalogue.ts';
import { put, RecordChain, SPACE } from './testing/record-chain.ts';
import { scratchDirectory } from './testing/scratch.ts';

describe('a catalogue', () => {
  test('applies records in its thread and shows them', async () => {
    using directory = scratchDirectory();
    await using catalogue = await Catalogue.open(directory);
    expect(catalogue.applied).toEqual({ seq: 0, hash: new Uint8Array(32) });
    const chain = new RecordChain();
    chain.newEpoch(1);
    chain.operation(put('docs/a.txt'));
    const applied = await catalogue.apply(chain.records, new Set());
    expect(applied.map(({ committed }) => committed?.outcome.isAccepted)).toEqual([undefined, true]);
    expect(catalogue.applied.seq).toBe(2);
    expect(catalogue.clusterState.epoch).toBe(1);
    const { entry } = await catalogue.getEntry(SPACE, 'docs/a.txt' as FilePath, { withVersions: false });
    expect(entry?.file?.version).toBe('2');
  });
});
