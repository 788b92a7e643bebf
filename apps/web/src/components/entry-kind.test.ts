import { describe, expect, test } from 'vitest';
import { entryIcon, viewerKind } from './entry-kind.ts';

const file = (name: string, contentType: string | null = null) => ({ kind: 'file', name, contentType }) as const;

describe('the viewer for a file', () => {
  test.each([
    ['a.png', 'image/png', 'image'],
    ['a.mp4', 'video/mp4', 'video'],
    ['a.flac', 'audio/flac', 'audio'],
    ['a.pdf', 'application/pdf', 'pdf'],
    ['a.txt', 'text/plain; charset=utf-8', 'text'],
    ['a.json', 'application/json', 'text'],
    ['main.rs', 'application/octet-stream', 'text'],
    ['a.bin', 'application/octet-stream', undefined],
    ['noextension', null, undefined],
  ] as const)('%s of type %s is %s', (name, type, kind) => {
    expect(viewerKind(file(name, type))).toBe(kind);
  });

  test('shows what could carry programs as text only', () => {
    expect(viewerKind(file('x.svg', 'image/svg+xml'))).toBe('text');
    expect(viewerKind(file('x.html', 'text/html'))).toBe('text');
  });

  test('is none for a folder, whatever it is called', () => {
    expect(viewerKind({ kind: 'folder', name: 'a.txt', contentType: null })).toBeUndefined();
  });
});

describe('the icon of an entry', () => {
  test('follows what the file is', () => {
    expect([entryIcon(file('a.zip', 'application/zip')), entryIcon(file('a')), entryIcon(file('a.png', 'image/png'))]).toEqual([
      'archive',
      'file',
      'image',
    ]);
  });
});
