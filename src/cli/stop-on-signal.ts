/** The first signal stops what runs; a second one ends the process at once. */
export function stopOnSignal(stop: () => Promise<void>, endAtOnce: () => void = () => undefined): void {
  let stopping = false;
  const onSignal = async () => {
    if (stopping) {
      endAtOnce();
      process.exit(1);
    }
    stopping = true;
    await stop();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
