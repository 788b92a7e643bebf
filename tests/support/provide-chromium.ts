/** Before the browser tests: installs Chromium where that is a matter of one command, and says so where it is not. */
import { spawnSync } from 'node:child_process';
import { findChromium } from './chromium.ts';

export function setup(): void {
  if (findChromium() !== undefined) return;
  const canInstall = process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0;
  if (!canInstall) {
    console.error('Chromium is missing, and only root on a Debian system can have it installed here: the browser tests are skipped.');
    return;
  }
  console.error('Chromium is missing and is installed for the browser tests.');
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', 'chromium', 'fonts-liberation']]) {
    const { status } = spawnSync('apt-get', ['--quiet', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (status !== 0) console.error(`"apt-get ${args.join(' ')}" failed: the browser tests are skipped.`);
  }
}
