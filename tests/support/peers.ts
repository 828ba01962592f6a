import { type Channel, Peer } from '../../src/platform/cluster/peer.ts';

/** Both ends of a channel inside of this process, as the one between a worker and its primary. */
export interface LinkedPeers {
  readonly worker: Peer;
  readonly primary: Peer;
  /** From now on nothing that is sent arrives, as at a process that stands still. */
  freeze(): void;
  thaw(): void;
}

export function linkedPeers(): LinkedPeers {
  const held: (() => void)[] = [];
  let isFrozen = false;
  const pass = (deliver: () => void) => void setImmediate(() => (isFrozen ? held.push(deliver) : deliver()));
  const hearers: ((message: unknown) => void)[] = [];
  const channel = (own: number): Channel => ({
    send(message, sent) {
      const copy = JSON.stringify(message);
      pass(() => {
        hearers[1 - own]?.(JSON.parse(copy));
        sent();
      });
    },
    listen(hear) {
      hearers[own] = hear;
    },
  });
  return {
    worker: new Peer(channel(0)),
    primary: new Peer(channel(1)),
    freeze() {
      isFrozen = true;
    },
    thaw() {
      isFrozen = false;
      for (const deliver of held.splice(0)) deliver();
    },
  };
}
