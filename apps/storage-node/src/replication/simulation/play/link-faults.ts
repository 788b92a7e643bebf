/** Links that carry nothing, one way or both, and connections that break. */
import type { NodeId } from '@netstore/shared-types';
import type { Fiber } from '../world/fiber.ts';
import type { World } from '../world/world.ts';
import { GATEWAYS, NODES } from './cluster.ts';
import type { Fault } from './sky.ts';

type Link = readonly [from: NodeId, to: NodeId];

const both = (one: NodeId, other: NodeId): Link[] => [
  [one, other],
  [other, one],
];

export const LINK_FAULTS: Readonly<Record<string, Fault>> = {
  cutOff: ({ world }) => {
    const alone = world.random.pick(NODES);
    const links = NODES.filter((node) => node !== alone).flatMap((node) => both(alone, node));
    return blocked(world, 'a node is cut off', links);
  },
  cutOneWay: ({ world }) => {
    const [from, to] = world.random.shuffled(NODES) as [NodeId, NodeId];
    return blocked(world, 'cut one way', [[from, to]]);
  },
  cutBetweenTwo: ({ world }) => {
    const [one, other] = world.random.shuffled(NODES) as [NodeId, NodeId];
    return blocked(world, 'two nodes meet through the third only', both(one, other));
  },
  cutFromGateway: ({ world }) =>
    blocked(world, 'a gateway is cut off from a node', [[world.random.pick(GATEWAYS), world.random.pick(NODES)]]),
  breakConnections: function* ({ world }) {
    world.cover('link: connections break');
    for (let count = 1 + world.random.below(6); count > 0; count -= 1) {
      world.network.cutOne();
      yield world.random.between(0, 20);
    }
  },
  slowNetwork: function* ({ world }) {
    world.cover('link: slow');
    world.network.delayFactor = world.random.between(5, 60);
    yield world.random.between(500, 3_000);
    world.network.delayFactor = 1;
  },
  repeatQuestions: function* ({ world }) {
    world.cover('link: questions arrive twice');
    world.network.repeatChance = 0.5;
    yield world.random.between(500, 6_000);
    world.network.repeatChance = 0;
  },
};

function* blocked(world: World, what: string, links: readonly Link[]): Fiber {
  const { random, network } = world;
  for (const [from, to] of links) network.block(from, to);
  world.cover(`link: ${what}`);
  world.trace(() => `${what}: ${links.map((link) => link.join('>')).join(' ')}`);
  yield random.chance(0.5) ? random.between(200, 2_500) : random.between(2_500, 9_000);
  for (const [from, to] of links) network.unblock(from, to);
}
