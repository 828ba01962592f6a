import type { Principal } from '../../../../kernel/principal.ts';
import { type Delivery, eventOf, liveItem } from './delivery.ts';
import type { Follower, Permit } from './live-room.ts';
import type { LiveRooms } from './live-rooms.ts';
import type { Missed, Resume } from './missed-messages.ts';

/** Deliveries that wait for a client that does not read; one more ends its stream, and it comes back for them. */
const MOST_WAITING = 1000;

/** A room as a sequence of deliveries, for who takes them one by one. */
export class RoomStream implements Follower {
  readonly userId: string;
  readonly sessionId: string;
  private waiting: Delivery[] = [];
  private wake: () => void = () => undefined;
  private hasEnded = false;
  private leave: () => void = () => undefined;

  private constructor({ userId, sessionId }: Principal) {
    this.userId = userId;
    this.sessionId = sessionId;
  }

  static async open(
    live: LiveRooms,
    roomId: string,
    resume: Resume,
    by: Principal,
    permit: Permit,
  ): Promise<{ readonly stream: RoomStream; readonly missed: Missed }> {
    const stream = new RoomStream(by);
    return { stream, missed: await stream.follow(live, roomId, resume, permit) };
  }

  private async follow(live: LiveRooms, roomId: string, resume: Resume, permit: Permit): Promise<Missed> {
    const { missed, begin, end } = await live.follow(roomId, this, resume, permit);
    this.leave = end;
    begin();
    return missed;
  }

  deliver(delivery: Delivery): void {
    this.waiting.push(delivery);
    if (this.waiting.length > MOST_WAITING) this.end();
    this.wake();
  }

  end(): void {
    this.hasEnded = true;
    this.leave();
    this.wake();
  }

  /** What has been delivered, or nothing after so many milliseconds. Undefined where the room is followed no more. */
  async next(timeout: number, signal: AbortSignal): Promise<readonly Delivery[] | undefined> {
    if (this.waiting.length === 0 && !this.hasEnded && !signal.aborted) await this.delivered(timeout, signal);
    if (this.hasEnded || signal.aborted) return undefined;
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }

  private delivered(timeout: number, signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(done, timeout);
      signal.addEventListener('abort', done);
      this.wake = done;
    });
  }
}

/** What was missed as events, the changes first: the id of the last one is then that of the newest message. */
export function missedEvents({ messages, changes }: Missed): string {
  const items = [
    ...changes.map(message => liveItem(message, false)),
    ...messages.map(message => liveItem(message, true)),
  ];
  return items.map(eventOf).join('');
}
