import type { UserId } from '../../kernel/principal.ts';
import type { OpenSocket } from './open-socket.ts';

/** Whose sockets are open. Most people have one, for which a list is smaller than a set. */
export class PeopleSockets {
  private readonly people = new Map<UserId, OpenSocket[]>();

  of(userId: UserId): readonly OpenSocket[] {
    return this.people.get(userId) ?? [];
  }

  all(): readonly OpenSocket[] {
    return [...this.people.values()].flat();
  }

  add(socket: OpenSocket): void {
    const { userId } = socket.principal;
    const sockets = this.people.get(userId);
    if (sockets) sockets.push(socket);
    else this.people.set(userId, [socket]);
  }

  delete(socket: OpenSocket): void {
    const { userId } = socket.principal;
    const others = this.of(userId).filter(other => other !== socket);
    if (others.length > 0) this.people.set(userId, others);
    else this.people.delete(userId);
  }
}
