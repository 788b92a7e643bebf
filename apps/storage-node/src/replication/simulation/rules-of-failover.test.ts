import { describe, expect, test } from 'vitest';
import { Scenario } from './testing/scenario.ts';

/** Longer than any node waits before it stands. */
const ELECTION_MS = 8_000;

describe('activation', () => {
  test('takes the log that went furthest, also against the one that the configuration prefers', () => {
    const play = new Scenario();
    const [one, two, three] = play.machines;
    play.begin();
    one.crash(true);
    play.require(() => play.stage.cluster.primary === two, 'node-2 leads');
    play.write(two);
    const { seq } = play.stage.invariants.truth;
    two.crash(true);
    one.start();
    play.require(() => play.stage.cluster.primary !== undefined, 'somebody leads without node-2');
    expect(three.disk.last.seq).toBeGreaterThan(seq);
    expect(one.disk.recordAt(seq)?.hash).toBe(three.disk.recordAt(seq)?.hash);
    play.end();
    expect(play.stage.violation).toBeUndefined();
  });

  test('waits for the third node while a damaged log may have lost what was committed', () => {
    const play = new Scenario();
    const [one, two, three] = play.machines;
    play.begin();
    play.cut(one, three);
    play.cut(two, three);
    play.write(one);
    one.crash(true);
    two.crash(true);
    two.disk.damageLog(two.disk.last.seq);
    play.heal();
    two.start();
    play.stage.pass(2 * ELECTION_MS);
    expect(play.stage.cluster.primary).toBeUndefined();
    expect([two.node?.core.waitingFor, three.node?.core.waitingFor].join()).not.toBe('');
    one.start();
    play.end();
    expect(play.stage.violation).toBeUndefined();
  });

  test('of the first epoch takes all nodes: two empty logs are no proof that there was nothing', () => {
    const play = new Scenario();
    const [one, two, three] = play.machines;
    one.start();
    two.start();
    play.stage.pass(ELECTION_MS);
    expect(play.stage.invariants.truth.seq).toBe(0);
    three.start();
    play.end();
    expect(play.stage.invariants.truth.seq).toBeGreaterThan(0);
  });

  test('never begins anew with an adopted disk and a node that was cut off from the beginning', () => {
    const play = new Scenario();
    const [one, two, three] = play.machines;
    play.stage.cluster.startAll();
    play.require(() => one.disk.last.seq > 0, 'node-1 leads', 0.1);
    play.cut(one, three);
    play.cut(two, three);
    play.require(() => play.stage.cluster.primary === one, 'the epoch is open');
    play.write(one);
    expect(three.disk.last.seq).toBe(0);
    two.crash(true);
    two.replaceDisk();
    two.disk.incarnation = play.stage.world.newIncarnation();
    play.stage.cluster.diskFailed(two, 'lost, and another one was adopted');
    one.crash(true);
    play.heal();
    two.start();
    play.stage.pass(2 * ELECTION_MS);
    expect([two.disk.last.seq, three.disk.last.seq]).toEqual([0, 0]);
    expect(play.stage.violation).toBeUndefined();
  });

  test('takes a fresh epoch every time, also of the same primary', () => {
    const play = new Scenario();
    const [one] = play.machines;
    play.begin();
    const before = one.disk.lastEpoch;
    one.crash(false);
    one.start();
    play.require(() => play.stage.cluster.primary !== undefined, 'somebody leads');
    play.write(play.stage.cluster.primary ?? one);
    expect(play.stage.cluster.primary?.disk.lastEpoch).toBeGreaterThan(before);
  });
});

describe('a primary', () => {
  test('steps down at once when it hears of a higher epoch', () => {
    const play = new Scenario();
    const [one, two] = play.machines;
    play.begin();
    play.ask(two.id, { name: 'PROMOTE' });
    play.require(() => play.stage.cluster.primary === two, 'node-2 leads');
    expect(one.node?.core.role).toBe('secondary');
    expect(play.stage.world.time.nowMs).toBeLessThan(1_000);
  });

  test('steps down when it has heard no other member for two seconds, and acknowledges nothing meanwhile', () => {
    const play = new Scenario();
    const [one, two, three] = play.machines;
    play.begin();
    play.cut(one, two);
    play.cut(one, three);
    const { seq } = play.stage.invariants.truth;
    play.propose(one.id);
    play.stage.pass(1_500);
    expect(one.node?.core.role).toBe('primary');
    expect(play.stage.invariants.truth.seq).toBe(seq);
    play.stage.pass(1_000);
    expect(one.node?.core.role).not.toBe('primary');
    play.end();
    expect(play.stage.violation).toBeUndefined();
  });

  test('steps down when its disk does not finish a sync', () => {
    const play = new Scenario();
    const [one] = play.machines;
    play.begin();
    one.disk.slowness = 10_000;
    play.propose(one.id);
    play.stage.pass(3_000);
    expect(one.node?.core.role).not.toBe('primary');
    one.disk.slowness = 1;
    play.end();
    expect(play.stage.violation).toBeUndefined();
  });

  test('that was frozen and wakes is fenced, and answers no read with what was', () => {
    const play = new Scenario();
    const [one, two] = play.machines;
    play.begin();
    one.freeze(15_000);
    play.require(() => play.stage.cluster.primary === two, 'node-2 leads');
    play.write(two);
    play.stage.pass(12_000);
    const read = play.read(one.id, 'a');
    play.require(() => read.isDone, 'the read is over');
    play.end();
    expect(play.stage.violation).toBeUndefined();
  });

  test('is deposed by no healed and no flapping secondary', () => {
    const play = new Scenario();
    const [one, , three] = play.machines;
    play.begin();
    const epoch = one.disk.lastEpoch;
    for (let round = 0; round < 4; round += 1) {
      play.cut(one, three);
      play.stage.pass(5_000);
      play.heal();
      play.stage.pass(500);
    }
    play.end();
    expect(play.stage.cluster.primary).toBe(one);
    expect(one.disk.lastEpoch).toBe(epoch);
  });

  test('gives way to a preferred node that came back, with everything, and to nobody by hand', () => {
    const play = new Scenario({ preferAfterMs: 1_000 });
    const [one, two] = play.machines;
    play.begin();
    one.crash(false);
    play.require(() => play.stage.cluster.primary === two, 'node-2 leads');
    play.write(two);
    one.start();
    play.require(() => play.stage.cluster.primary === one, 'node-1 leads again');
    play.end();
    expect(play.stage.violation).toBeUndefined();
  });
});

describe('a secondary', () => {
  test('in manual mode waits for a person', () => {
    const play = new Scenario({ isAutomatic: false });
    const [one, two] = play.machines;
    play.begin();
    one.crash(true);
    play.stage.pass(ELECTION_MS);
    expect(play.stage.cluster.primary).toBeUndefined();
    play.ask(two.id, { name: 'PROMOTE' });
    play.require(() => play.stage.cluster.primary === two, 'node-2 leads');
  });

  test('moves a suffix that lost aside, and only that', () => {
    const play = new Scenario();
    const [one, two, three] = play.machines;
    play.begin();
    play.cut(one, two);
    play.cut(one, three);
    const shared = one.disk.last.seq;
    for (let made = 0; made < 3; made += 1) play.propose(one.id);
    play.require(() => one.disk.last.seq === shared + 3, 'node-1 has records that nobody else has');
    one.crash(true);
    play.require(() => play.stage.cluster.primary === two, 'node-2 leads');
    play.write(two);
    one.start();
    play.end();
    expect(one.disk.log.map(({ hash }) => hash)).toEqual(two.disk.log.map(({ hash }) => hash));
    expect(one.disk.vote.mark.hash).toBe(one.disk.last.hash);
    expect(play.stage.violation).toBeUndefined();
  });

  test('keeps the mark of a damaged log until the records are back', () => {
    const play = new Scenario();
    const [one, two] = play.machines;
    play.begin(30);
    two.crash(true);
    const { mark } = two.disk.vote;
    two.disk.damageLog(2);
    two.disk.slowness = 50;
    two.start();
    const marksOnTheWay = new Set<number>();
    const isBack = (): boolean => {
      if (two.disk.last.seq < mark.seq) marksOnTheWay.add(two.disk.vote.mark.seq);
      return two.disk.last.seq >= mark.seq;
    };
    play.require(isBack, 'the records are back');
    expect([...marksOnTheWay]).toEqual([mark.seq]);
    two.disk.slowness = 1;
    play.end();
    expect(one.disk.recordAt(mark.seq)?.hash).toBe(mark.hash);
    expect(play.stage.violation).toBeUndefined();
  });

  test('that has two copies of an acknowledged file fetches nothing for who repeats the upload', () => {
    const play = new Scenario();
    const [, , three] = play.machines;
    play.begin();
    three.crash(true);
    const put = play.put('b');
    play.require(() => put.isDone, 'the put is answered with two nodes');
    three.start();
    play.end();
    const [entry] = play.stage.invariants.truth.state.entries.values();
    expect(entry?.blobIds.every((blobId) => three.disk.blobs.get(blobId) === 'held')).toBe(true);
  });
});
