/** Rows. Others may write between two pieces, so none should take long. */
const PIECE = 500;

/** Removes piece by piece, until one is not full. @throws what aborted the signal, between two pieces */
export async function removeAll(
  removeSome: (limit: number) => Promise<number>,
  signal: AbortSignal,
  piece = PIECE,
): Promise<void> {
  do signal.throwIfAborted();
  while ((await removeSome(piece)) === piece);
}
