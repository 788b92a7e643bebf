import { tmpdir } from 'node:os';
import { PassThrough } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { SupervisedProcess } from './supervised-process.ts';
import { Terminal } from './terminal.ts';

test('a process that does not stop when asked is ended at the deadline', async () => {
  const output = new PassThrough({ encoding: 'utf8' });
  const deaf = `process.on('SIGTERM', () => console.log('no')); setInterval(() => {}, 1000); console.log('deaf');`;
  const service = new SupervisedProcess(
    { name: 'node-1', argv: [process.execPath, '-e', deaf], cwd: tmpdir(), env: {}, unrecordedEnv: {} },
    { terminal: new Terminal(output, {}), restart: 'always', stopDeadlineMs: 300, onRestarted: () => undefined },
  );
  let printed = '';
  output.on('readable', () => {
    printed += output.read() ?? '';
  });
  const supervised = service.supervise();
  await vi.waitUntil(() => printed.includes('node-1   | deaf'), { timeout: 10_000, interval: 20 });
  const askedAt = performance.now();
  await service.stop();
  await supervised;
  expect(performance.now() - askedAt).toBeGreaterThanOrEqual(299);
  expect(() => process.kill(service.pid, 0)).toThrow('ESRCH');
  expect(printed).toContain('node-1 did not stop within 0.3 s and is ended');
});
