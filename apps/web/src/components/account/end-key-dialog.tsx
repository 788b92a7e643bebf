import type { ApiKey } from '@netstore/shared-types';
import { useNetStore } from '../../net-store.ts';
import { AskDialog } from '../ask-dialog.tsx';

interface EndKeyDialogProps {
  readonly apiKey: ApiKey;
  readonly end: (id: string) => Promise<void>;
  readonly onEnded: () => void;
  readonly onClose: () => void;
}

export function EndKeyDialog({ apiKey: { id, name }, end, onEnded, onClose }: EndKeyDialogProps) {
  const { notices } = useNetStore();
  const act = async (): Promise<void> => {
    await end(id);
    notices.done(`The key ${name} has ended.`);
    onEnded();
    onClose();
  };
  return (
    <AskDialog title={`End the key ${name}?`} submitLabel="End" isDangerous action={act} onClose={onClose}>
      <p className="dialog-text">Programs that use it are refused within seconds. It cannot be brought back.</p>
    </AskDialog>
  );
}
