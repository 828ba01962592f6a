import type { CollectionDraft } from '../../../../platform/memory/collection-draft.ts';
import { MemoryCollection } from '../../../../platform/memory/memory-collection.ts';
import type {
  ImportChunk,
  OperationImportReader,
  OperationImportRepository,
} from '../../application/ports.ts';
import type { OperationImport } from '../../domain/operation-import.ts';

type StoredChunk = ImportChunk & { readonly id: string; readonly version: number };

export class InMemoryOperationImportRepository implements OperationImportRepository {
  private readonly imports: CollectionDraft<OperationImport>;
  private readonly chunks: CollectionDraft<StoredChunk>;

  constructor(imports: CollectionDraft<OperationImport>, chunks: CollectionDraft<StoredChunk>) {
    this.imports = imports;
    this.chunks = chunks;
  }

  get(id: string): Promise<OperationImport | undefined> {
    return this.imports.get(id);
  }

  of(userId: string): Promise<readonly OperationImport[]> {
    return this.imports.filter(one => one.userId === userId);
  }

  add(started: OperationImport): Promise<void> {
    return this.imports.add(started);
  }

  remove(ended: OperationImport): Promise<void> {
    return this.imports.remove(ended);
  }

  addChunk(chunk: ImportChunk): Promise<void> {
    return this.chunks.add({ ...chunk, id: idOf(chunk), version: 1 });
  }

  async firstChunk(importId: string): Promise<ImportChunk | undefined> {
    const chunks = await this.chunks.filter(chunk => chunk.importId === importId);
    return chunks.sort((a, b) => a.number - b.number)[0];
  }

  async removeChunk(chunk: ImportChunk): Promise<void> {
    await this.chunks.removeSome(({ id }) => id === idOf(chunk), 1);
  }

  removeSomeChunks(importId: string, limit: number): Promise<number> {
    return this.chunks.removeSome(chunk => chunk.importId === importId, limit);
  }
}

function idOf({ importId, number }: ImportChunk): string {
  return `${importId} ${number}`;
}

/** What is kept of imports that are under way. */
export class ImportsUnderWay implements OperationImportReader {
  readonly imports = new MemoryCollection<OperationImport>('operation_imports');
  readonly chunks = new MemoryCollection<StoredChunk>('operation_import_chunks');

  has(id: string | null): boolean {
    return id !== null && this.imports.row(id) !== undefined;
  }

  async overdue(before: Readonly<Record<'uploading' | 'queued', Date>>): Promise<readonly string[]> {
    return [...this.imports.rows()]
      .filter(({ state, touchedAt }) => state === 'abandoned' || touchedAt < before[state])
      .map(({ id }) => id);
  }
}
