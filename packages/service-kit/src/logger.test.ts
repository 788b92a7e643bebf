import { describe, expect, test } from 'vitest';
import { createLogger } from './logger.ts';

function capture(): {
  lines: Record<string, unknown>[];
  destination: { write(line: string): void };
} {
  const lines: Record<string, unknown>[] = [];
  return {
    lines,
    destination: { write: (line) => void lines.push(JSON.parse(line)) },
  };
}

describe('createLogger', () => {
  test('writes the service, the level as a word and an ISO time', () => {
    const { lines, destination } = capture();
    createLogger({ service: 'gateway', level: 'info', destination }).warn({ seq: 4 }, 'behind');
    expect(lines[0]).toMatchObject({
      service: 'gateway',
      level: 'warn',
      seq: 4,
      msg: 'behind',
    });
    expect(new Date(String(lines[0]?.time)).toISOString()).toBe(lines[0]?.time);
  });

  test('says nothing below its level', () => {
    const { lines, destination } = capture();
    createLogger({ service: 'gateway', level: 'warn', destination }).info('quiet');
    expect(lines).toEqual([]);
  });

  test('censors fields that carry secrets', () => {
    const { lines, destination } = capture();
    const logger = createLogger({
      service: 'gateway',
      level: 'info',
      destination,
    });
    logger.info(
      {
        password: 'hunter2',
        body: { refreshToken: 'hunter2' },
        req: { headers: { authorization: 'hunter2' } },
      },
      'x',
    );
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });
});
