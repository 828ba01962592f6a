import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { killAtExit } from '../leftovers.ts';
import type { ConnectOrder, FireOrder, FireResult, JoinOrder, LoadAnswer, LoadOrder } from './load-orders.ts';

const CHAT_LOAD = resolve(import.meta.dirname, 'chat-load.ts');

/** What an answer may take, in milliseconds: connecting ten thousand clients is the longest. */
const PATIENCE = 150_000;

/** The load generator of the chat, in a process of its own beside this one. */
export class LoadProcess {
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.child = child;
  }

  static start(): LoadProcess {
    const child = fork(CHAT_LOAD);
    killAtExit(child);
    return new LoadProcess(child);
  }

  /** Connects clients in the place of those who were, and returns the seconds until all were there. */
  async connect(order: Omit<ConnectOrder, 'type'>): Promise<number> {
    return this.seconds({ type: 'connect', ...order });
  }

  async join(order: Omit<JoinOrder, 'type'> = {}): Promise<number> {
    return this.seconds({ type: 'join', ...order });
  }

  async fire(order: Omit<FireOrder, 'type'>): Promise<FireResult> {
    return (await this.ask({ type: 'fire', ...order })) as FireResult;
  }

  async close(): Promise<void> {
    await this.ask({ type: 'close' });
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.disconnect();
    await exited;
  }

  private async seconds(order: LoadOrder): Promise<number> {
    return ((await this.ask(order)) as { readonly seconds: number }).seconds;
  }

  private async ask(order: LoadOrder): Promise<Exclude<LoadAnswer, { readonly failure: string }>> {
    const ended = new AbortController();
    const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(PATIENCE)]);
    const onExit = () => ended.abort();
    this.child.once('exit', onExit);
    try {
      const answered = once(this.child, 'message', { signal });
      this.child.send(order);
      const [answer] = (await answered) as [LoadAnswer];
      if ('failure' in answer) throw new Error(`The load generator failed: ${answer.failure}`);
      return answer;
    } finally {
      this.child.off('exit', onExit);
    }
  }
}
