import { RoomReplica } from './chat-replica.ts';
import type { Server } from './chat-servers.ts';

/** One that follows by server-sent events, and opens another stream with the id of the last message. */
export class EventReplica extends RoomReplica {
  private current = new AbortController();

  /** Follows at this server from now on. */
  follow({ origin }: Server): void {
    this.stop();
    const { signal } = this.current;
    void this.read(`${origin}/api/v1/chat/rooms/${this.room}/events`, signal).catch(error => {
      if (!signal.aborted) this.faults.push(String(error));
    });
  }

  stop(): void {
    this.current.abort();
    this.current = new AbortController();
  }

  private async read(url: string, signal: AbortSignal): Promise<void> {
    const headers = { authorization: `Bearer ${this.token}`, 'last-event-id': String(this.seq) };
    const { body } = await fetch(url, { headers, signal });
    let rest = '';
    for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const events = `${rest}${piece}`.split('\n\n');
      rest = events.pop() ?? '';
      for (const event of signal.aborted ? [] : events) this.take(event);
      this.look();
    }
  }

  private take(event: string): void {
    const [, type] = /^event: (\w+)/m.exec(event) ?? [];
    const [, data = '{}'] = /^data: (.*)/m.exec(event) ?? [];
    if (type === 'message') this.add(JSON.parse(data));
    else if (type === 'edited' || type === 'deleted') this.change(JSON.parse(data));
    else if (type !== undefined) this.faults.push(type);
  }
}

/** One that asks again and again. */
export class PollReplica extends RoomReplica {
  private server: Server | undefined;

  /** Asks this server from now on. */
  follow(server: Server): void {
    const isAsking = this.server !== undefined;
    this.server = server;
    if (!isAsking) void this.ask().catch(error => this.faults.push(String(error)));
  }

  stop(): void {
    this.server = undefined;
  }

  private async ask(): Promise<void> {
    while (this.server) {
      const path = `/chat/rooms/${this.room}/poll?after=${this.seq}&rev=${this.rev}&wait=1`;
      const { status, body } = await this.server.request('GET', path, { token: this.token });
      if (status !== 200) this.faults.push(`${status} ${JSON.stringify(body)}`);
      for (const message of body.results ?? []) {
        if (message.seq > this.seq) this.add(message);
        else this.change(message);
      }
      this.look();
    }
  }
}
