import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { PageErrorBoundary } from './components/page-error-boundary.tsx';
import { NetStoreContext, openNetStore } from './net-store.ts';
import { App } from './pages/app.tsx';
import { guardDrops } from './uploads/guard-drops.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/buttons.css';
import './styles/fields.css';
import './styles/marks.css';
import './styles/progress.css';
import './styles/dialogs.css';
import './styles/popups.css';
import './styles/shell.css';
import './styles/sidebar.css';
import './styles/door.css';
import './styles/toolbar.css';
import './styles/list.css';
import './styles/list-narrow.css';
import './styles/trash.css';
import './styles/skeleton.css';
import './styles/details.css';
import './styles/viewer.css';
import './styles/uploads.css';
import './styles/cluster.css';
import './styles/people.css';
import './styles/spaces.css';
import './styles/shares.css';
import './styles/audit.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element "root"');

const netStore = openNetStore();
void netStore.client.session.start();
guardDrops(window);

createRoot(root).render(
  <StrictMode>
    <NetStoreContext value={netStore}>
      <QueryClientProvider client={netStore.queries}>
        <PageErrorBoundary>
          <BrowserRouter>
            <App />
          </BrowserRouter>
        </PageErrorBoundary>
      </QueryClientProvider>
    </NetStoreContext>
  </StrictMode>,
);
