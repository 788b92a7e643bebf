import { describe, expect, test } from 'vitest';
import type { Machine } from './play/machine.ts';
import { Scenario } from './testing/scenario.ts';

const ELECTION_MS = 8_000;

/** An empty disk is in the place of the one that was there, and the node is up again. */
function loseDisk(play: Scenario, machine: Machine): void {
  machine.crash(true);
  machine.replaceDisk();
  play.stage.cluster.diskFailed(machine, 'lost');
  machine.start();
}

const isMember = (play: Scenario, { disk }: Machine): boolean =>
  play.stage.invariants.truth.members.some(({ incarnation }) => incarnation === disk.incarnation);

describe('a new disk', () => {
  test('does not vote: with it alone, nobody can become primary', () => {
    const play = new Scenario();
    const [one, two] = play.machines;
    play.begin();
    loseDisk(play, two);
    play.stage.pass(500);
    one.crash(true);
    play.stage.pass(2 * ELECTION_MS);
    expect(play.stage.cluster.primary).toBeUndefined();
    one.start();
    play.ask(one.id, { name: 'REPLACE', nodeId: two.id });
    play.require(() => play.stage.cluster.primary !== undefined, 'the two others lead');
    expect(play.stage.violation).toBeUndefined();
  });

  test('does not count: with it alone, nothing is committed', () => {
    const play = new Scenario();
    const [one, two, three] = play.machines;
    play.begin();
    loseDisk(play, two);
    three.crash(true);
    play.ask(one.id, { name: 'REPLACE', nodeId: two.id });
    const { seq } = play.stage.invariants.truth;
    play.propose(one.id);
    play.stage.pass(ELECTION_MS);
    expect(play.stage.invariants.truth.seq).toBe(seq);
    expect(isMember(play, two)).toBe(false);
    three.start();
    play.require(() => play.stage.cluster.primary === one, 'node-1 leads with node-3');
    play.ask(one.id, { name: 'REPLACE', nodeId: two.id });
    play.require(() => isMember(play, two), 'the new disk is taken in');
    play.end();
    expect(play.stage.violation).toBeUndefined();
  });

  test('is taken in once it has everything, by a record that the two others commit', () => {
    const play = new Scenario();
    const [one, two] = play.machines;
    play.begin();
    const put = play.put('b');
    play.require(() => put.isDone, 'a file is there');
    loseDisk(play, two);
    play.ask(one.id, { name: 'REPLACE', nodeId: two.id });
    play.require(() => isMember(play, two), 'the new disk is taken in');
    play.end();
    one.crash(true);
    play.require(() => play.stage.cluster.primary === two, 'the new disk leads');
    expect(play.stage.violation).toBeUndefined();
  });

  test('is counted by a node that has its record and had not heard that it is committed', () => {
    const play = new Scenario();
    const [one, two, three] = play.machines;
    play.begin();
    loseDisk(play, three);
    play.ask(one.id, { name: 'REPLACE', nodeId: three.id });
    play.require(() => isMember(play, three), 'the new disk is taken in', 0.02);
    play.cut(one, two);
    play.stage.pass(500);
    // Node-3 knows that it is a member, node-2 has only the record that says so.
    expect(two.disk.catalogue.members.some(({ incarnation }) => incarnation === three.disk.incarnation)).toBe(false);
    one.crash(true);
    one.replaceDisk();
    play.stage.cluster.diskFailed(one, 'lost');
    play.heal();
    play.require(() => play.stage.cluster.primary !== undefined, 'the two with everything lead');
    expect(play.stage.violation).toBeUndefined();
  });
});

describe('a disk that went back in time', () => {
  test('is refused by who has seen it further on, and by who has heard of that', () => {
    const play = new Scenario();
    const [one, two, three] = play.machines;
    play.begin();
    const { image } = two.disk;
    play.write(one);
    play.stage.pass(6_000);
    two.crash(true);
    two.disk.restore(image);
    two.isRolledBack = true;
    play.stage.cluster.diskFailed(two, 'put back to an older state');
    one.crash(true);
    two.start();
    play.stage.pass(2 * ELECTION_MS);
    expect(play.stage.cluster.primary).toBeUndefined();
    expect(three.node?.members.refusalOf(two.id)).toBeDefined();
    one.start();
    play.require(() => play.stage.cluster.primary !== undefined, 'the two others lead');
    expect(play.stage.violation).toBeUndefined();
  });
});

describe('a power cut', () => {
  test('of all nodes at once loses nothing that was acknowledged', () => {
    const play = new Scenario();
    play.begin();
    for (let round = 0; round < 5; round += 1) {
      const put = play.put('b');
      play.require(() => put.isDone, 'the put is answered', 0.1);
      for (const machine of play.machines) machine.crash(true);
      for (const machine of play.machines) machine.start();
      play.require(() => play.stage.cluster.primary !== undefined, 'somebody leads');
    }
    play.end();
    expect(play.stage.violation).toBeUndefined();
  });
});
