import type { FilePath } from '@netstore/shared-types';
import { VERSIONS_SHOWN_MAX } from '@netstore/wire-protocol';
import { describe, expect, test } from 'vitest';
import { makeFolder, put, SPACE } from '../testing/record-chain.ts';
import { ScratchCatalogue } from '../testing/scratch.ts';

const ask = (catalogue: ScratchCatalogue, path: string, withVersions = true) =>
  catalogue.opened.getEntry({ space: SPACE, path: path as FilePath, withVersions });

describe('an entry', () => {
  test('is found by its exact path and no other', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('docs/a'));
    expect(ask(catalogue, 'docs/a').entry?.path).toBe('docs/a');
    for (const path of ['docs/A', 'docs', 'a', 'docs/a/', '/docs/a', 'docs//a', 'docs/a/b', '.', 'trash']) {
      expect(ask(catalogue, path).entry?.file ?? null).toBeNull();
    }
  });

  test('shows the newest versions first, as many as are shown with one entry', { timeout: 60_000 }, () => {
    using catalogue = new ScratchCatalogue();
    const total = VERSIONS_SHOWN_MAX + 5;
    catalogue.applyRecords(Array.from({ length: total }, () => catalogue.chain.operation(put('a'))));
    const { versions } = ask(catalogue, 'a');
    expect(versions).toHaveLength(VERSIONS_SHOWN_MAX);
    expect(versions[0]?.version).toBe(total.toString(36));
    expect(versions.at(-1)?.version).toBe((6).toString(36));
  });

  test('comes without versions when they are not asked for, and a folder has none', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('a'));
    catalogue.accept(makeFolder('b'));
    expect(ask(catalogue, 'a', false).versions).toEqual([]);
    expect(ask(catalogue, 'b').versions).toEqual([]);
  });
});
