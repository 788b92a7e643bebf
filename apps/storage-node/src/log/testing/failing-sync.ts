/**
 * Loaded before a program of these tests: lets the n-th sync of files or of folders fail, as a disk does, without strace. And
 * `lying` lets every sync succeed at once without doing anything: the bug that the power-cut test must catch.
 *
 *   NETSTORE_TEST_SYNC=datasync:3 | sync:1 | lying
 */
import { fileHandlePrototype } from './file-handle-prototype.ts';

const [method = '', failing = '0'] = (process.env['NETSTORE_TEST_SYNC'] ?? '').split(':');
const prototype = await fileHandlePrototype();
let calls = 0;

if (method === 'datasync' || method === 'sync') {
  const original = prototype[method];
  prototype[method] = async function (this: typeof prototype): Promise<void> {
    calls += 1;
    if (calls === Number(failing)) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
    await original.call(this);
  };
} else if (method === 'lying') {
  prototype.datasync = () => Promise.resolve();
  prototype.sync = () => Promise.resolve();
}
