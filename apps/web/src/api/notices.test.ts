import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiProblem, unreachable } from './api-problem.ts';
import { Notices } from './notices.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const texts = (notices: Notices): string[] => notices.shown.get().map(({ text }) => text);

describe('notices', () => {
  test('of what is done go by themselves, later when they offer something', () => {
    const notices = new Notices();
    notices.done('plain');
    notices.done('with an action', { label: 'Undo', onSelect: () => undefined });
    vi.advanceTimersByTime(5000);
    expect(texts(notices)).toEqual(['with an action']);
    vi.advanceTimersByTime(10_000);
    expect(texts(notices)).toEqual([]);
  });

  test('say that something did not happen only where that is certain', () => {
    const notices = new Notices();
    notices.failed('a.txt', 'moved', new ApiProblem('Something is there already.', { code: 'NS_ALREADY_EXISTS', status: 409 }));
    notices.failed('b.txt', 'deleted', unreachable());
    expect(texts(notices)).toEqual([
      '“a.txt” was not moved. Something is there already.',
      expect.stringMatching(/^Whether “b.txt” was deleted is not known\./),
    ]);
  });

  test('of trouble stay until they are dismissed', () => {
    const notices = new Notices();
    notices.trouble('no');
    notices.release(notices.shown.get()[0]?.id ?? 0);
    vi.advanceTimersByTime(100_000);
    expect(texts(notices)).toEqual(['no']);
    notices.dismiss(notices.shown.get()[0]?.id ?? 0);
    expect(texts(notices)).toEqual([]);
  });

  test('stay while they are held, and for their whole time afterwards', () => {
    const notices = new Notices();
    notices.done('held');
    const id = notices.shown.get()[0]?.id ?? 0;
    notices.hold(id);
    vi.advanceTimersByTime(60_000);
    expect(texts(notices)).toEqual(['held']);
    notices.release(id);
    vi.advanceTimersByTime(4999);
    expect(texts(notices)).toEqual(['held']);
    vi.advanceTimersByTime(1);
    expect(texts(notices)).toEqual([]);
  });

  test('undo the last thing that can be undone, once', () => {
    const notices = new Notices();
    const undone: string[] = [];
    const action = (name: string) => ({ label: 'Undo', onSelect: () => undone.push(name) }) as const;
    notices.done('first', action('first'));
    notices.done('second', action('second'));
    notices.done('shown', { label: 'Show', onSelect: () => undone.push('shown') });
    notices.undo();
    expect(undone).toEqual(['second']);
    notices.undo();
    notices.undo();
    expect(undone).toEqual(['second', 'first']);
    expect(texts(notices)).toEqual(['shown']);
  });

  test('are all gone when they are cleared', () => {
    const notices = new Notices();
    notices.done('one');
    notices.trouble('two');
    notices.clear();
    expect(texts(notices)).toEqual([]);
  });
});
