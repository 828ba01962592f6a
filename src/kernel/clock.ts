/** The time of day as the application sees it; milliseconds are its finest unit. */
export interface Clock {
  now(): Date;
}
