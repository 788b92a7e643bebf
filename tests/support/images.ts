/** The images of the services, as `build-images.ts` left them before the tests began. */
import { inject, type TestContext } from 'vitest';
import { needs } from './needs.ts';

export type Images = { readonly state: 'built' | 'no engine' } | { readonly state: 'failed'; readonly reason: string };

declare module 'vitest' {
  interface ProvidedContext {
    images: Images;
  }
}

const images = inject('images');

export const imagesAreBuilt = images.state === 'built';

/** For the first line of a test. */
export function needsImages(context: TestContext): void {
  if (images.state === 'failed') throw new Error(`The images could not be built: ${images.reason}`);
  needs(context, 'container engine with compose', imagesAreBuilt);
}
