import type { CollectionDraft } from '../../../../platform/memory/collection-draft.ts';
import type { MemoryCollection } from '../../../../platform/memory/memory-collection.ts';
import type {
  LoggedRevocation,
  Revocation,
  RevocationLog,
  RevocationReader,
} from '../../application/ports.ts';

/** How many are kept: the one process that there is hears of each at once anyway. */
const KEPT = 1000;

/** Its id is its sequence number. */
export interface StoredRevocation extends Revocation {
  readonly id: string;
  readonly version: number;
}

/** The last sequence number that was given out. A roll-back leaves a gap, which nobody minds. */
export interface Sequence {
  last: number;
}

export class InMemoryRevocationLog implements RevocationLog {
  private readonly revocations: CollectionDraft<StoredRevocation>;
  private readonly sequence: Sequence;

  constructor(revocations: CollectionDraft<StoredRevocation>, sequence: Sequence) {
    this.revocations = revocations;
    this.sequence = sequence;
  }

  async add({ userId, sessionId }: Revocation): Promise<void> {
    this.sequence.last += 1;
    await this.revocations.add({ id: String(this.sequence.last), version: 1, userId, sessionId });
    const old = await this.revocations.get(String(this.sequence.last - KEPT));
    if (old) await this.revocations.remove(old);
  }
}

export function inMemoryRevocations(revocations: MemoryCollection<StoredRevocation>): RevocationReader {
  const logged = () => [...revocations.rows()].map(asLogged);
  return {
    latest: async () => logged().at(-1)?.sequence ?? 0,
    after: async sequence => logged().filter(revocation => revocation.sequence > sequence),
  };
}

const asLogged = ({ id, userId, sessionId }: StoredRevocation): LoggedRevocation => ({
  sequence: Number(id),
  userId,
  sessionId,
});
