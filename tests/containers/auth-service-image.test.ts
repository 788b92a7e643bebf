/** The suite of the auth service, against its image in place of a process. */
import { test, vi } from 'vitest';
import { imagesAreBuilt, needsImages } from '../support/images.ts';

vi.mock('../support/auth-service.ts', () => import('../support/auth-service-container.ts'));

if (imagesAreBuilt) {
  await import('../services/auth-service/access.test.ts');
  await import('../services/auth-service/sessions.test.ts');
  await import('../services/auth-service/setup.test.ts');
} else {
  test('the suite of the auth service passes against its image', needsImages);
}
