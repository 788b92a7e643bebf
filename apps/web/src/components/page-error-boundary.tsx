/** The last resort: a defect of the page is said instead of shown as an empty window. */
import { Component, type ReactNode } from 'react';
import { ProblemNote } from './problem-note.tsx';
import { Door } from './shell/door.tsx';

interface PageErrorBoundaryProps {
  readonly children: ReactNode;
}

interface PageErrorBoundaryState {
  readonly defect: unknown;
}

export class PageErrorBoundary extends Component<PageErrorBoundaryProps, PageErrorBoundaryState> {
  override readonly state: PageErrorBoundaryState = { defect: undefined };

  static getDerivedStateFromError(defect: unknown): PageErrorBoundaryState {
    return { defect };
  }

  override render(): ReactNode {
    if (this.state.defect === undefined) return this.props.children;
    return (
      <Door title="Something is wrong with this page">
        <ProblemNote title="It cannot go on" problem={this.state.defect} onRetry={() => window.location.reload()} />
      </Door>
    );
  }
}
