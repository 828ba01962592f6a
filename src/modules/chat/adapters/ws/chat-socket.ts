import type { Connection } from '../../../../platform/ws/protocol.ts';
import type { Delivery } from '../live/delivery.ts';
import type { Followed, Follower } from '../live/live-room.ts';

/** One client on a socket, and the rooms that it follows. */
export class ChatSocket {
  readonly connection: Connection;
  private readonly rooms = new Map<string, RoomOfSocket>();
  private lastJoin: Promise<void> = Promise.resolve();

  constructor(connection: Connection) {
    this.connection = connection;
  }

  get userId(): string {
    return this.connection.principal.userId;
  }

  get amount(): number {
    return this.rooms.size;
  }

  send(frame: object): void {
    this.connection.send(JSON.stringify(frame));
  }

  /**
   * Rooms are joined one after the other, and each when the client has taken what came before: who comes back to many may have
   * missed more than may wait for a client.
   */
  inTurn(join: () => Promise<void>): Promise<void> {
    const joined = this.lastJoin.then(() => this.connection.drained()).then(join);
    this.lastJoin = joined.catch(() => undefined);
    return joined;
  }

  room(id: string): RoomOfSocket | undefined {
    return this.rooms.get(id);
  }

  /** A room that it is about to follow, or already does: then it begins anew. */
  enter(room: RoomOfSocket): void {
    this.rooms.get(room.id)?.leave();
    this.rooms.set(room.id, room);
  }

  leave(id: string): void {
    this.rooms.get(id)?.leave();
  }

  forget(room: RoomOfSocket): void {
    if (this.rooms.get(room.id) === room) this.rooms.delete(room.id);
  }

  leaveAll(): void {
    for (const room of [...this.rooms.values()]) room.leave();
  }
}

/** A room as one socket follows it. */
export class RoomOfSocket implements Follower {
  readonly id: string;
  /** When it last told that somebody types, by `performance.now`. */
  typedAt = Number.NEGATIVE_INFINITY;
  private readonly socket: ChatSocket;
  private readonly onLeave: (room: RoomOfSocket) => void;
  private followed: Followed | undefined;
  isLeft = false;

  /** `onLeave` is called where it was followed. */
  constructor(id: string, socket: ChatSocket, onLeave: (room: RoomOfSocket) => void) {
    this.id = id;
    this.socket = socket;
    this.onLeave = onLeave;
  }

  get userId(): string {
    return this.socket.userId;
  }

  get sessionId(): string {
    return this.socket.connection.principal.sessionId;
  }

  /** From here on it gets what is said. */
  begin(followed: Followed): void {
    this.followed = followed;
    followed.begin();
  }

  deliver(delivery: Delivery): void {
    this.socket.connection.send(delivery.frame);
  }

  /** Once it is joined: before that its client does not know the room. */
  tell(frame: Uint8Array): void {
    if (this.followed) this.socket.connection.send(frame);
  }

  /** Where a session may have ended, or the server stops, the socket itself is ended, if any: not all that is revoked ends it. */
  end(reason: string): void {
    if (this.isLeft || reason !== 'removed') return;
    this.leave();
    this.socket.send({ type: 'left', room: this.id, reason });
  }

  leave(): void {
    if (this.isLeft) return;
    this.isLeft = true;
    this.socket.forget(this);
    if (!this.followed) return;
    this.followed.end();
    this.onLeave(this);
  }
}
