import type { ReactNode } from 'react';
import { Brand } from '../brand.tsx';

interface DoorProps {
  readonly title: string;
  readonly text?: ReactNode;
  readonly children: ReactNode;
}

/** The card on an otherwise empty page: sign-in, set-up, and what can go wrong before them. */
export function Door({ title, text, children }: DoorProps) {
  return (
    <main className="door">
      <div className="door-card">
        <Brand />
        <h1 className="door-title">{title}</h1>
        {text !== undefined && <p className="door-text">{text}</p>}
        {children}
      </div>
    </main>
  );
}
