import type { Options, StorageName } from '../options.ts';
import type { Pinning } from '../pinning.ts';
import { progress } from '../progress.ts';
import type { Place, PlaceMaker } from '../storage-place.ts';
import type { ChatResult } from './chat-result.ts';
import { chatSizes } from './chat-sizes.ts';
import { LoadProcess } from './load-process.ts';
import { measureIdleSockets } from './measure-idle-sockets.ts';
import { measureManyRooms } from './measure-many-rooms.ts';
import { measureOneRoom } from './measure-one-room.ts';
import { measureResumption } from './measure-resumption.ts';
import { measureTwoProcesses } from './measure-two-processes.ts';

type Measure<Figures> = (
  place: Place,
  load: LoadProcess,
  options: Options,
  pinning: Pinning,
) => Promise<Figures>;

/** The chat over WebSocket, each part on an empty database and a load generator of its own. */
export async function measureChat(
  storage: StorageName,
  places: PlaceMaker,
  options: Options,
  pinning: Pinning,
): Promise<ChatResult> {
  progress.storage(storage);
  const on = async <Figures>(measure: Measure<Figures>) => {
    await using stack = new AsyncDisposableStack();
    const place = await places.make();
    stack.defer(() => place.remove());
    const load = LoadProcess.start();
    stack.defer(() => load.stop());
    return await measure(place, load, options, pinning);
  };
  const oneRoom = await on(measureOneRoom);
  const manyRooms = await on(measureManyRooms);
  const idle = await on(measureIdleSockets);
  const resumed = await on(measureResumption);
  const two = await on(measureTwoProcesses);
  const cases = [...oneRoom, manyRooms, ...(two?.cases ?? [])];
  const { roomMembers } = chatSizes(options);
  return { storage, roomMembers, cases, idle, resumed, twoProcesses: two?.ratio };
}
