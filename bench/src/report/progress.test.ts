import { describe, expect, test } from 'vitest';
import { Progress } from './progress.ts';
import { streamResult } from './result.ts';

function recorded(isTTY: boolean): { text: () => string; progress: Progress } {
  const parts: string[] = [];
  const progress = new Progress({ isTTY, write: (part: string | Uint8Array) => parts.push(String(part)) > 0 });
  return { text: () => parts.join(''), progress };
}

describe('progress', () => {
  test('on a terminal is one line that is written over', () => {
    const { text, progress } = recorded(true);
    progress.begin('upload');
    progress.advance(1, 2);
    progress.finish(streamResult('upload', 2 ** 20, 1));
    expect(text()).toBe('\r\x1b[2Kupload … 0 %\r\x1b[2Kupload: 1.00 MiB/s (1.00 s)\n');
  });

  test('elsewhere is one line per finished step', () => {
    const { text, progress } = recorded(false);
    progress.begin('upload');
    progress.advance(1, 2);
    progress.finish(streamResult('upload', 2 ** 20, 1));
    expect(text()).toBe('upload: 1.00 MiB/s (1.00 s)\n');
  });
});
