import { amount, progress } from '../progress.ts';
import { deliveriesOf, type IdleSockets, type TwoProcesses } from './chat-result.ts';
import type { FireResult } from './load-orders.ts';

export const percent = (share: number) => `${amount(share * 100, 0)} %`;

/** What is printed while the measuring goes on. */
export const chatProgress = {
  fired(name: string, result: FireResult): void {
    const { perSecond, delivered, expected, p50, p99, serversBusy, generatorBusy, roomsBehind } = result;
    const shortfall =
      delivered === expected && roomsBehind === 0
        ? ''
        : `  ${amount(delivered, 0)} of ${amount(expected, 0)}, ${roomsBehind} rooms behind`;
    const trouble = result.trouble === '' ? '' : `  ${result.lost} lost: ${result.trouble}`;
    progress.log(
      [
        name.padEnd(20),
        `${amount(perSecond, 0).padStart(6)}/s`,
        `${amount(deliveriesOf(result), 0).padStart(9)} deliveries/s`,
        `p50 ${amount(p50, 1)} ms`,
        `p99 ${amount(p99, 1)} ms`,
        `server ${serversBusy.map(percent).join(' + ')}`,
        `generator ${percent(generatorBusy)}${result.held ? '' : '  not held'}${shortfall}${trouble}`,
      ].join('  '),
    );
  },

  idle: ({ amount: sockets, connected, joined }: IdleSockets) =>
    progress.log(
      `${amount(sockets, 0)} idle sockets: ${amount(connected, 1)} KiB each, ${amount(joined, 1)} KiB in a room`,
    ),

  resumed: (seconds: number) => progress.log(`back after a restart: ${amount(seconds, 2)} s`),

  twoProcesses: ({ measured, byProcessorTime }: TwoProcesses) =>
    progress.log(
      `two processes: ${amount(measured, 2)} times the deliveries of one as measured, ${amount(byProcessorTime, 2)} by processor time`,
    ),
};
