/** Who wants to know that something has changed. One that fails does not keep the others from being told. */
export class Listeners {
  private readonly all = new Set<() => void>();

  /** Returns what ends it. */
  add(listener: () => void): () => void {
    const own = () => listener();
    this.all.add(own);
    return () => void this.all.delete(own);
  }

  tell(): void {
    for (const listener of [...this.all]) {
      try {
        listener();
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
