/** Something that works beside the requests for as long as the server runs. */
export interface BackgroundService {
  start(): Promise<void>;
  /** The server is about to stop: what would keep a request running without an end is ended. */
  drain?(): void;
  /** Waits for what is being done, and does nothing more. */
  stop(): Promise<void>;
}
