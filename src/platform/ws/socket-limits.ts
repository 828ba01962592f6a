import type { Settings } from '../configuration/settings.ts';
import type { SocketLimits } from './protocol.ts';

/** What a socket server allows. */
export interface SocketServerLimits extends SocketLimits {
  /** Bytes that may wait for a client. */
  readonly maxBufferedBytes: number;
  readonly maxSockets: number;
  readonly maxSocketsPerPerson: number;
  /** Milliseconds within which somebody must have been let in. */
  readonly handshakeTimeout: number;
  /** Frames that a client may send; undefined: any number. */
  readonly frameRate?: FrameRate | undefined;
}

export interface FrameRate {
  readonly perSecond: number;
  /** At once, after a pause. */
  readonly burst: number;
}

/** As clients are told. */
const MAX_FRAME_BYTES = 65_536;

export function socketLimits(settings: Settings): SocketServerLimits {
  return {
    heartbeat: settings.socketHeartbeat,
    maxFrameBytes: MAX_FRAME_BYTES,
    maxBufferedBytes: settings.socketBuffer,
    maxSockets: settings.maxSockets,
    maxSocketsPerPerson: settings.maxSocketsPerPerson,
    handshakeTimeout: settings.requestTimeout,
    frameRate:
      settings.rateLimit === 'on'
        ? { perSecond: settings.socketFrames, burst: settings.socketBurst }
        : undefined,
  };
}
