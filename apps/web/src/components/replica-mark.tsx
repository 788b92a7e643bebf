/**
 * Three small bars, one for each copy: filled where a node holds every byte for certain. The words beside or behind it
 * say the same, since colour alone must carry nothing.
 */
import type { ReplicaCount } from '@netstore/shared-types';

interface ReplicaMarkProps {
  readonly replicas: ReplicaCount;
  readonly hasText?: boolean;
}

const BARS_MAX = 9;

export function ReplicaMark({ replicas, hasText = true }: ReplicaMarkProps) {
  const { durable, total } = replicas;
  const bars = Array.from({ length: Math.min(total, BARS_MAX) }, (_, index) => index < durable);
  return (
    <span
      className={`replicas is-${toneOf(replicas)}`}
      role="img"
      aria-label={describeReplicas(replicas)}
      title={describeReplicas(replicas)}
    >
      <span className="replicas-bars">
        {bars.map((isHeld, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the bars have no identity but their place.
          <span key={index} className={isHeld ? 'replicas-bar is-held' : 'replicas-bar'} />
        ))}
      </span>
      {hasText && (
        <span className="replicas-text">
          {durable}/{total}
        </span>
      )}
    </span>
  );
}

export function describeReplicas({ durable, total }: ReplicaCount): string {
  if (durable >= total) return `${durable} of ${total} copies`;
  if (durable >= 2) return `${durable} of ${total} copies for certain; the others are being made or cannot be asked`;
  return `Only ${durable} of ${total} copies known for certain`;
}

function toneOf({ durable, total }: ReplicaCount): 'whole' | 'partial' | 'thin' {
  if (durable >= total) return 'whole';
  return durable >= 2 ? 'partial' : 'thin';
}
