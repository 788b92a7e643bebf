/** Takes files and folders that are dropped anywhere on it, and shows where they would go. */
import { type DragEvent, type ReactNode, useRef, useState } from 'react';
import { Icon } from '../components/icon.tsx';
import type { Dropped } from './drop-tree.ts';

interface DropZoneProps {
  /** The name of the folder that takes the files. */
  readonly folderName: string;
  /** Why nothing may be dropped; `undefined` where it may. */
  readonly refusal: string | undefined;
  readonly onDrop: (roots: readonly Dropped[]) => void;
  readonly children: ReactNode;
}

export function DropZone({ folderName, refusal, onDrop, children }: DropZoneProps) {
  const [isOver, setIsOver] = useState(false);
  // Every child that is entered and left says so; the zone is left when as many were left as were entered.
  const depth = useRef(0);
  const enter = (event: DragEvent): void => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth.current += 1;
    setIsOver(true);
  };
  const leave = (event: DragEvent): void => {
    if (!carriesFiles(event)) return;
    depth.current = Math.max(0, depth.current - 1);
    if (depth.current === 0) setIsOver(false);
  };
  const drop = (event: DragEvent): void => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth.current = 0;
    setIsOver(false);
    if (refusal !== undefined) return;
    // The browser takes the entries away when this handler returns: they are all asked for here.
    onDrop([...event.dataTransfer.items].flatMap(droppedOf));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an addition; the upload button is the way for everybody.
    <div
      className="drop-zone"
      onDragEnter={enter}
      onDragLeave={leave}
      onDragOver={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = refusal === undefined ? 'copy' : 'none';
      }}
      onDrop={drop}
    >
      {children}
      {isOver && (
        <div className={refusal === undefined ? 'drop-hint' : 'drop-hint is-refused'}>
          <span className="drop-hint-card">
            <Icon name={refusal === undefined ? 'upload' : 'eye'} size={28} />
            {refusal === undefined ? (
              <span>
                Drop to upload to <strong>{folderName}</strong>
              </span>
            ) : (
              <span>
                Nothing can be dropped here. <br />
                {refusal}
              </span>
            )}
          </span>
        </div>
      )}
    </div>
  );
}

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer.types.includes('Files');
}

/** What was dragged out of another program may be a file without a place in a file system. */
function droppedOf(item: DataTransferItem): Dropped[] {
  const entry = item.webkitGetAsEntry();
  if (entry !== null) return [entry as unknown as Dropped];
  const file = item.getAsFile();
  return file === null ? [] : [{ name: file.name, isFile: true, isDirectory: false, file: (resolve) => resolve(file) }];
}
