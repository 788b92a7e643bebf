import { describe, expect, test } from 'vitest';
import type { Violation } from './check/verdict.ts';
import { runSchedule } from './run-schedule.ts';
import { PLANTED_BUGS, type PlantedBug } from './testing/planted-bugs.ts';
import { SCENARIOS } from './testing/scenarios.ts';

/** A bug that shows only after more than so many schedules is as good as not seen. */
const SCHEDULES_MAX = 400;

/** What the simulation has to say of it, from the first schedule that shows it. */
function findViolation({ rules, shows, firstSeed }: PlantedBug): Violation | undefined {
  if (typeof shows === 'function') return shows(rules).stage.violation;
  for (let seed = firstSeed; seed < firstSeed + SCHEDULES_MAX; seed += 1) {
    const { violation } = runSchedule(seed, { rules, faults: shows });
    if (violation !== undefined) return violation;
  }
  return undefined;
}

test('there are enough of them', () => {
  expect(PLANTED_BUGS.length).toBeGreaterThanOrEqual(25);
});

describe('the simulation notices that', () => {
  test.for(PLANTED_BUGS)('$name', { timeout: 120_000 }, (bug) => {
    const violation = findViolation(bug);
    expect(violation).toBeDefined();
    // Of a promise: a harness that falls over its bug has not noticed it.
    expect(violation?.invariant, violation?.what).toBeGreaterThan(0);
  });
});

describe('with the rules of production nothing is broken when', () => {
  test.for(Object.entries(SCENARIOS))('%s', ([, play]) => {
    expect(play().stage.violation).toBeUndefined();
  });
});
