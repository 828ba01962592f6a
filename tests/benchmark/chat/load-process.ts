import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { killAtExit } from '../leftovers.ts';
import type { ConnectOrder, FireOrder, FireResult, JoinOrder, LoadAnswer, LoadOrder } from './load-orders.ts';

const CHAT_LOAD = resolve(import.meta.dirname, 'chat-load.ts');

/** What an answer may take beyond the time of firing, in milliseconds: connecting ten thousand clients is the longest. */
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
    const answer = await this.answerTo(order);
    if ('failure' in answer) throw new Error(`The load generator failed: ${answer.failure}`);
    return answer;
  }

  private answerTo(order: LoadOrder): Promise<LoadAnswer> {
    const { child } = this;
    const patience = PATIENCE + (order.type === 'fire' ? (order.seconds + order.warmUpSeconds) * 1000 : 0);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => end('did not answer'), patience);
      const onExit = () => end('ended');
      const done = () => {
        clearTimeout(timer);
        child.off('message', onMessage).off('exit', onExit);
      };
      const onMessage = (answer: unknown) => {
        done();
        resolve(answer as LoadAnswer);
      };
      const end = (what: string) => {
        done();
        reject(new Error(`The load generator ${what}.`));
      };
      child.once('message', onMessage).once('exit', onExit);
      child.send(order);
    });
  }
}
