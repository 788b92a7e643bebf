import { expect, test } from 'vitest';
import { eachOf } from './each-of.ts';

test('a task runs for every entry, four at a time, and what fails does not stop the others', async () => {
  let running = 0;
  let most = 0;
  const results = await eachOf([1, 2, 3, 4, 5, 6, 7, 8, 9], async (number) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    running -= 1;
    if (number % 3 === 0) throw new Error('every third');
    return number * 10;
  });
  expect(results.sort((a, b) => a - b)).toEqual([10, 20, 40, 50, 70, 80]);
  expect(most).toBe(4);
});
