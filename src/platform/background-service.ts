/** Something that works beside the requests for as long as the server runs. */
export interface BackgroundService {
  start(): Promise<void>;
  /** Waits for what is being done, and does nothing more. */
  stop(): Promise<void>;
}
