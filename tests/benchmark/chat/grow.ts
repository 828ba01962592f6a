import type { ChatSizes } from './chat-sizes.ts';
import type { FireResult } from './load-orders.ts';

const FACTOR = 1.4;

/** The highest rate that held, `held` or higher; where not even the first one did, that one. */
export async function grow(
  first: number,
  { growths, halvings }: ChatSizes,
  attempt: (perSecond: number) => Promise<FireResult>,
  held?: FireResult,
): Promise<FireResult> {
  const tried = await attempt(first);
  if (!tried.held && !held) return tried;
  let best = tried.held || !held ? tried : held;
  let failed = tried.held ? undefined : tried.perSecond;
  for (let step = 1; step < growths && failed === undefined; step += 1) {
    const result = await attempt(Math.round(best.perSecond * FACTOR));
    if (result.held) best = result;
    else failed = result.perSecond;
  }
  for (let step = 0; step < halvings && failed !== undefined; step += 1) {
    const result = await attempt(Math.round((best.perSecond + failed) / 2));
    if (result.held) best = result;
    else failed = result.perSecond;
  }
  return best;
}
