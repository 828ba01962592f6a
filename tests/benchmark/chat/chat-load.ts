// The load generator of the chat: a process of its own, started by load-process.ts, which it answers order by order.
import { fire } from './fire.ts';
import { LoadCrowd } from './load-crowd.ts';
import type { LoadAnswer, LoadOrder } from './load-orders.ts';

let crowd: LoadCrowd | undefined;

process.on('message', (order: LoadOrder) => {
  void follow(order)
    .catch((error: Error) => ({ failure: error.message }))
    .then(answer => process.send?.(answer));
});
process.on('disconnect', () => process.exit());

async function follow(order: LoadOrder): Promise<LoadAnswer> {
  if (order.type === 'connect') {
    crowd?.close();
    crowd = new LoadCrowd(order);
    return { seconds: await crowd.connect() };
  }
  if (order.type === 'close') {
    crowd?.close();
    crowd = undefined;
    return { seconds: 0 };
  }
  if (!crowd) throw new Error('Nobody is connected.');
  return order.type === 'join' ? { seconds: await crowd.join() } : fire(crowd, order);
}
