/** The frame around every page of a signed-in user. */
import type { Me } from '@netstore/shared-types';
import { type ReactNode, useState } from 'react';
import { Brand } from '../brand.tsx';
import { Dialog } from '../dialog.tsx';
import { IconButton } from '../icon-button.tsx';
import { UnreachableBanner } from '../unreachable-banner.tsx';
import { NARROW_QUERY, useMediaQuery } from '../use-media-query.ts';
import { Sidebar } from './sidebar.tsx';

interface AppShellProps {
  readonly me: Me;
  readonly children: ReactNode;
}

export function AppShell({ me, children }: AppShellProps) {
  const isNarrow = useMediaQuery(NARROW_QUERY);
  const [isDrawerOpen, setIsDrawerOpen] = useState(false);
  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      {isNarrow ? (
        <header className="topbar">
          <Brand />
          <IconButton icon="menu" label="Menu" aria-haspopup="dialog" onClick={() => setIsDrawerOpen(true)} />
        </header>
      ) : (
        <aside className="shell-side">
          <Sidebar me={me} />
        </aside>
      )}
      <main id="main" className="shell-main" tabIndex={-1}>
        <UnreachableBanner />
        {children}
      </main>
      {isNarrow && isDrawerOpen && (
        <Dialog title="Menu" className="dialog-drawer" onClose={() => setIsDrawerOpen(false)}>
          <Sidebar me={me} onChosen={() => setIsDrawerOpen(false)} />
        </Dialog>
      )}
    </div>
  );
}
