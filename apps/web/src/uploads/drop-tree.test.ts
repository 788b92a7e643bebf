import { describe, expect, test } from 'vitest';
import { type Dropped, type DroppedFile, type DroppedFolder, walkDrop } from './drop-tree.ts';

const file = (name: string): DroppedFile => ({
  name,
  isFile: true,
  isDirectory: false,
  file: (resolve) => resolve(new File([name], name)),
});
const brokenFile = (name: string): DroppedFile => ({ ...file(name), file: (_, reject) => reject(new Error('gone')) });
/** Gives its entries two at a time, as browsers give them a hundred at a time. */
const folder = (name: string, ...entries: Dropped[]): DroppedFolder => ({
  name,
  isFile: false,
  isDirectory: true,
  createReader: () => {
    const left = [...entries];
    return { readEntries: (resolve) => resolve(left.splice(0, 2)) };
  },
});

async function findings(...roots: Dropped[]): Promise<string[]> {
  const found: string[] = [];
  for await (const finding of walkDrop(roots)) found.push(`${finding.kind} ${finding.path}`);
  return found;
}

describe('a drop', () => {
  test('of folders gives every file with its path, however few entries come at a time', async () => {
    const tree = folder('photos', file('1'), file('2'), file('3'), folder('more', file('4')), file('5'));
    expect(await findings(file('a.txt'), tree)).toEqual([
      'file a.txt',
      'file photos/1',
      'file photos/2',
      'file photos/3',
      'file photos/more/4',
      'file photos/5',
    ]);
  });

  test('keeps folders that have nothing in them', async () => {
    expect(await findings(folder('a', folder('b')))).toEqual(['empty-folder a/b']);
  });

  test('names what cannot be read and goes on', async () => {
    const locked: DroppedFolder = { ...folder('locked'), createReader: () => ({ readEntries: (_, reject) => reject(new Error('no')) }) };
    expect(await findings(brokenFile('x'), locked, file('y'))).toEqual(['unreadable x', 'unreadable locked', 'file y']);
  });

  test('composes letters as the server does', async () => {
    expect(await findings(file('e\u0301'))).toEqual(['file \u00e9']);
  });

  test('ends at a depth that the server would refuse', async () => {
    let deep: Dropped = file('end');
    for (let level = 0; level < 70; level += 1) deep = folder('d', deep);
    const [only] = await findings(deep);
    expect(only).toMatch(/^unreadable d(\/d){63}$/);
  });
});
