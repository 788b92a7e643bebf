/** The frame of a page beside the sidebar: what it is called, in the window's title and in its head, and what stands beside that. */
import type { ReactNode } from 'react';
import { useTitle } from '../use-title.ts';

interface PageProps {
  readonly name: string;
  /** Where there is more in it than the name. */
  readonly heading?: ReactNode;
  readonly beside?: ReactNode;
  readonly children: ReactNode;
}

export function Page({ name, heading = name, beside, children }: PageProps) {
  useTitle(name);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the page scrolls, and may have nothing else that takes the focus.
    <section className="page" aria-label={name} tabIndex={0}>
      <div className="page-head">
        <h1 className="page-title">{heading}</h1>
        {beside}
      </div>
      {children}
    </section>
  );
}
