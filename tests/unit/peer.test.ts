import { expect, it } from 'vitest';
import { linkedPeers } from '../support/peers.ts';

it('a peer gets the answer to what it asked, or why there is none', async () => {
  const { worker, primary } = linkedPeers();
  primary.reply('double', async (number: number) => number * 2);
  primary.reply('break', () => Promise.reject(new Error('broken')));
  expect(await Promise.all([1, 2, 3].map(number => worker.ask('double', number, 1000)))).toEqual([2, 4, 6]);
  await expect(worker.ask('break', null, 1000)).rejects.toThrow('broken');
});

it('a peer that left a question without an answer is not asked for a while, so that nobody else waits', async () => {
  const { worker, primary, freeze, thaw } = linkedPeers();
  primary.reply('echo', async (text: string) => text);
  freeze();
  await expect(worker.ask('echo', 'one', 20)).rejects.toThrow('did not answer in time');
  const asked = performance.now();
  await expect(worker.ask('echo', 'two', 10_000)).rejects.toThrow('does not answer');
  expect(performance.now() - asked).toBeLessThan(500);
  thaw();
});

it('a peer whose other side has ended gets no answer any more', async () => {
  const { worker, freeze } = linkedPeers();
  freeze();
  const answer = worker.ask('echo', 'one', 10_000);
  worker.end();
  await expect(answer).rejects.toThrow('has ended');
});

it('a peer passes over what is no message of another peer', async () => {
  const { worker, primary } = linkedPeers();
  const { channel } = worker as unknown as { channel: { send(message: unknown, sent: () => void): void } };
  for (const nonsense of [null, 7, 'text', {}, { topic: 1 }, { topic: 'x', text: 2 }])
    channel.send(nonsense, () => undefined);
  primary.reply('echo', async (text: string) => text);
  expect(await worker.ask('echo', 'still here', 1000)).toBe('still here');
});
