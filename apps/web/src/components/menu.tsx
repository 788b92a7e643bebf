/** A button that opens a menu in the browser's top layer. Arrow keys, Home and End walk through it; Escape closes it. */
import { type KeyboardEvent, type ReactNode, type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { Icon, type IconName } from './icon.tsx';

export interface MenuItem {
  readonly label: string;
  readonly icon: IconName;
  readonly onSelect: () => void;
  readonly isDangerous?: boolean;
}

interface MenuProps {
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly className: string;
  readonly children: ReactNode;
  /** Menus inside the grid of files are reached by mouse and touch; its keys have the same actions. */
  readonly tabIndex?: number;
}

export function Menu({ label, items, className, children, tabIndex }: MenuProps) {
  const [isOpen, setIsOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button
        ref={button}
        type="button"
        className={className}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        tabIndex={tabIndex}
        onClick={(event) => {
          event.stopPropagation();
          setIsOpen(true);
        }}
      >
        {children}
      </button>
      {isOpen && <MenuList label={label} items={items} anchor={button} onClose={() => setIsOpen(false)} />}
    </>
  );
}

interface MenuListProps {
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly anchor: RefObject<HTMLButtonElement | null>;
  readonly onClose: () => void;
}

function MenuList({ label, items, anchor, onClose }: MenuListProps) {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const [menu, button] = [ref.current, anchor.current];
    if (menu === null || button === null) return;
    menu.showPopover();
    place(menu, button.getBoundingClientRect());
    menu.querySelector('button')?.focus();
  }, [anchor]);
  const select = (item: MenuItem): void => {
    anchor.current?.focus({ preventScroll: true });
    onClose();
    item.onSelect();
  };
  return (
    <div
      ref={ref}
      popover="auto"
      role="menu"
      aria-label={label}
      className="menu"
      tabIndex={-1}
      onClick={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
      onKeyDown={(event) => walk(event, ref.current)}
      onToggle={(event) => event.newState === 'closed' && onClose()}
    >
      {items.map((item) => (
        <button
          key={item.label}
          type="button"
          role="menuitem"
          className={`menu-item ${item.isDangerous ? 'is-dangerous' : ''}`}
          onClick={() => select(item)}
        >
          <Icon name={item.icon} size={18} />
          {item.label}
        </button>
      ))}
    </div>
  );
}

const GAP_PX = 4;

/** Below the button and aligned with its end, or above where there is no room. */
function place(menu: HTMLElement, anchor: DOMRect): void {
  const { width, height } = menu.getBoundingClientRect();
  const isBelow = anchor.bottom + GAP_PX + height <= window.innerHeight;
  menu.style.top = `${isBelow ? anchor.bottom + GAP_PX : Math.max(GAP_PX, anchor.top - GAP_PX - height)}px`;
  menu.style.left = `${Math.max(GAP_PX, Math.min(anchor.right - width, window.innerWidth - width - GAP_PX))}px`;
}

function walk(event: KeyboardEvent, menu: HTMLElement | null): void {
  event.stopPropagation();
  const items: Element[] = [...(menu?.querySelectorAll('button') ?? [])];
  const at = document.activeElement === null ? -1 : items.indexOf(document.activeElement);
  const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
  const next = steps[event.key];
  if (next === undefined) return;
  event.preventDefault();
  const item = items.at(next % items.length);
  if (item instanceof HTMLElement) item.focus();
}
