import type { Entry } from '@netstore/shared-types';
import { expect, test } from 'vitest';
import { entryMenu } from './entry-menu.ts';

const folder: Entry = {
  kind: 'folder',
  name: 'plans',
  path: 'plans',
  sizeBytes: 0,
  contentType: null,
  modifiedAt: '2030-01-01T00:00:00.000Z',
  version: null,
  sha256: null,
  replicas: null,
};
const labels = (entry: Entry, canWrite: boolean): string[] =>
  entryMenu(entry, { canWrite, onAction: () => undefined }).map(({ label }) => label);

test('what is more closed than its folder is offered like in a folder that one may only read', () => {
  expect(labels(folder, true)).toEqual(['Open', 'Rename…', 'Move…', 'Share…', 'Details', 'Delete…']);
  const readOnly = labels(folder, false);
  expect(readOnly).toEqual(['Open', 'Share…', 'Details']);
  expect(labels({ ...folder, isReadOnly: true }, true)).toEqual(readOnly);
});
