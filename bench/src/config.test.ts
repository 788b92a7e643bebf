import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';

describe('the configuration of the benchmark', () => {
  test('measures at full size on the cluster of ./data unless told otherwise', () => {
    expect(readConfig([], {}, '/somewhere')).toMatchObject({
      sizes: { largeBytes: 2 ** 30, parallelFiles: 16, parallelFileBytes: 64 * 2 ** 20, smallFileBytes: 4096 },
      dataDir: '/somewhere/data',
      jsonFile: undefined,
      url: undefined,
      credentials: undefined,
    });
  });

  test('scales sizes, but not the shape of the load', () => {
    const { sizes } = readConfig(['--scale', '0.01'], {}, '/somewhere');
    expect(sizes).toMatchObject({
      largeBytes: Math.round(2 ** 30 / 100),
      parallelFiles: 16,
      smallFiles: 20,
      smallFileBytes: 4096,
      smallConcurrency: 16,
    });
  });

  test('refuses a scale that is none, and options that it does not know', () => {
    expect(() => readConfig(['--scale', 'big'], {}, '/')).toThrow('--scale: expected a number');
    expect(() => readConfig(['--fast'], {}, '/')).toThrow('--fast');
  });

  test('takes half of the credentials for none', () => {
    expect(readConfig([], { NETSTORE_BENCH_USERNAME: 'ann' }, '/').credentials).toBeUndefined();
    const both = { NETSTORE_BENCH_USERNAME: 'ann', NETSTORE_BENCH_PASSWORD: 'a long password' };
    expect(readConfig([], both, '/').credentials).toEqual({ username: 'ann', password: 'a long password' });
  });
});
