/**
 * Short plays for rules whose lack chance finds too rarely, or not at all: each brings a cluster into the very situation that the rule is for. With the
 * rules of production they pass; with a planted bug they have to end in a broken promise.
 */
import type { Rules } from '../rules.ts';
import { MOMENT_MS, Scenario } from './scenario.ts';

/** A record of an older epoch is on two nodes, and a third node has the first record of a later epoch: it wins. */
export function olderEpochOnTwoNodes(rules?: Rules): Scenario {
  const play = new Scenario({ rules });
  const [one, two, three] = play.machines;
  play.begin();
  play.cut(one, two);
  play.cut(one, three);
  const last = one.disk.last.seq;
  for (let made = 0; made < 5; made += 1) play.propose(one.id);
  play.require(() => one.disk.last.seq === last + 5, 'node-1 has five records that nobody else has');
  one.crash(true);
  play.heal();
  play.require(() => two.node?.core.role === 'activating', 'node-2 begins an epoch');
  play.cut(two, three);
  play.require(() => two.disk.lastEpoch > one.disk.lastEpoch, 'its first record is on its disk');
  two.crash(true);
  play.heal();
  // By then node-3 takes node-2 for gone, and does not stand itself yet.
  play.stage.pass(2_200);
  one.start();
  play.require(() => (three.node?.tail.last.seq ?? 0) > last, 'node-3 has records of node-1', MOMENT_MS);
  // What it says of them is heard, and no more comes.
  play.stage.world.network.block(one.id, three.id);
  play.stage.pass(100);
  one.crash(true);
  play.heal();
  two.start();
  play.require(() => play.stage.cluster.primary === two || play.stage.cluster.primary === three, 'the two others lead');
  play.end();
  return play;
}

/** The power goes, and an empty disk is there a moment later: the log stream to the one before has not noticed yet. */
export function newDiskAtOnce(rules?: Rules): Scenario {
  const play = new Scenario({ rules });
  const [one, two] = play.machines;
  play.begin();
  play.stage.pass(100);
  two.crash(true);
  two.replaceDisk();
  play.stage.cluster.diskFailed(two, 'lost');
  two.start();
  play.ask(one.id, { name: 'REPLACE', nodeId: two.id });
  play.end();
  return play;
}

/** An old process is heard once more, while the new disk under its name is a learner: nobody who could take it in was primary for long enough. */
export function oldProcessIsHeardAgain(rules?: Rules): Scenario {
  const play = new Scenario({ rules });
  const [one, two, three] = play.machines;
  play.begin();
  const name = { nodeId: two.id, incarnation: two.disk.incarnation };
  two.crash(true);
  two.replaceDisk();
  two.disk.incarnation = play.stage.world.newIncarnation();
  play.stage.cluster.diskFailed(two, 'lost');
  two.start();
  play.stage.pass(6_000);
  play.require(() => two.disk.last.seq === one.disk.last.seq, 'the new disk has the log');
  three.crash(true);
  play.speakAs(name, one.id);
  play.require(() => one.node?.members.incarnationOf(two.id) === name.incarnation, 'the old process is heard', MOMENT_MS);
  play.propose(one.id);
  play.require(() => one.node?.term === undefined, 'node-1 is alone, and steps down');
  three.start();
  play.require(() => play.stage.cluster.primary !== undefined, 'the two others lead');
  // What the new disk says is not held against the old one.
  play.ask(play.stage.cluster.primary?.id ?? one.id, { name: 'REPLACE', nodeId: two.id });
  play.end();
  return play;
}

/** A primary that is cut off, and does not know yet that another one was chosen, is asked. */
export function cutOffPrimaryIsAsked(rules?: Rules): Scenario {
  const play = new Scenario({ rules });
  const [one, two, three] = play.machines;
  play.begin();
  play.cut(one, two);
  play.cut(one, three);
  play.ask(two.id, { name: 'PROMOTE' });
  play.require(() => two.node?.term?.isServing === true, 'node-2 serves');
  play.write(two);
  const read = play.read(one.id, 'a');
  play.require(() => read.isDone, 'the read is over');
  play.end();
  return play;
}

/** A new primary is asked before the records of the one before it are committed, and shown. */
export function newPrimaryIsAskedAtOnce(rules?: Rules): Scenario {
  const play = new Scenario({ rules });
  const [one, two, three] = play.machines;
  play.begin();
  const { truth } = play.stage.invariants;
  const { seq } = truth;
  play.propose(one.id);
  play.require(() => truth.seq > seq, 'node-1 has committed it', MOMENT_MS);
  play.cut(one, two);
  play.cut(one, three);
  play.stage.invariants.clients.told('a', truth.seq);
  one.crash(false);
  three.disk.slowness = 300;
  play.require(() => two.node?.core.role === 'activating', 'node-2 begins an epoch');
  const read = play.read(two.id, 'a');
  play.require(() => read.isDone, 'the read is over');
  three.disk.slowness = 1;
  play.end();
  return play;
}

/** A record is void by the word of the record behind it, and a node that comes late gets both in different appends. */
export function voidRecordComesAlone(rules?: Rules): Scenario {
  const play = new Scenario({ rules });
  const [one, two, three] = play.machines;
  play.begin();
  three.crash(false);
  for (let made = 0; made < 2; made += 1) play.write(one);
  const seq = one.disk.last.seq + 1;
  one.disk.blobs.set('only-here', 'held');
  const operation = { id: 'half', kind: 'put', path: 'b', blobIds: ['only-here'], expectedVersion: null } as const;
  play.ask(one.id, { name: 'COMMIT', operation });
  play.require(() => two.disk.last.seq === seq, 'node-2 has the record, and not its blob', MOMENT_MS);
  one.crash(false);
  three.start();
  play.require(() => two.node?.core.role === 'activating', 'node-2 begins an epoch');
  play.cut(two, three);
  one.start();
  play.require(() => play.stage.invariants.truth.seq > seq, 'it is open');
  play.heal();
  play.require(() => three.node?.tail.last.seq === seq, 'node-3 has the record, and not the one behind it', MOMENT_MS);
  play.cut(two, three);
  play.stage.pass(500);
  play.end();
  return play;
}

export const SCENARIOS = {
  olderEpochOnTwoNodes,
  newDiskAtOnce,
  oldProcessIsHeardAgain,
  cutOffPrimaryIsAsked,
  newPrimaryIsAskedAtOnce,
  voidRecordComesAlone,
} as const;
