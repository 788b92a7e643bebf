/** The suite of the gateway, against its image in place of a process; the services behind it are processes here too. */
import { test, vi } from 'vitest';
import { imagesAreBuilt, needsImages } from '../support/images.ts';

vi.mock('../support/gateway-process.ts', () => import('../support/gateway-container.ts'));

if (imagesAreBuilt) {
  await import('../services/gateway/files.test.ts');
  await import('../services/gateway/process.test.ts');
} else {
  test('the suite of the gateway passes against its image', needsImages);
}
