import type {
  CompiledQuery,
  DatabaseConnection,
  Driver,
  QueryCompiler,
  QueryResult,
  TransactionSettings,
} from 'kysely';

type CompileQuery = QueryCompiler['compileQuery'];

/** A connection that remembers that its transaction could not begin, and refuses whatever is asked of it then. */
class GuardedConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection;
  failure: unknown;

  constructor(inner: DatabaseConnection) {
    this.inner = inner;
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return this.inner.executeQuery(query);
  }

  streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    return this.inner.streamQuery(query, chunkSize);
  }
}

/**
 * Kysely releases a connection when its transaction has been committed or rolled back, and never if beginning or
 * rolling back throws: a locked file, a full disk or a cut connection would then cost one connection for good. Here
 * neither throws. What kept a transaction from beginning is thrown by its first query instead, and by its commit.
 */
export class ReleasingDriver implements Driver {
  private readonly driver: Driver;

  constructor(driver: Driver) {
    this.driver = driver;
  }

  init(): Promise<void> {
    return this.driver.init();
  }

  async acquireConnection(): Promise<GuardedConnection> {
    return new GuardedConnection(await this.driver.acquireConnection());
  }

  async beginTransaction(connection: GuardedConnection, settings: TransactionSettings): Promise<void> {
    try {
      await this.driver.beginTransaction(connection.inner, settings);
    } catch (error) {
      connection.failure = error;
    }
  }

  async commitTransaction(connection: GuardedConnection): Promise<void> {
    if (connection.failure !== undefined) throw connection.failure;
    await this.driver.commitTransaction(connection.inner);
  }

  async rollbackTransaction(connection: GuardedConnection): Promise<void> {
    if (connection.failure === undefined)
      await this.driver.rollbackTransaction(connection.inner).catch(() => undefined);
  }

  async savepoint({ inner }: GuardedConnection, name: string, compileQuery: CompileQuery): Promise<void> {
    await this.driver.savepoint?.(inner, name, compileQuery);
  }

  async rollbackToSavepoint(
    { inner }: GuardedConnection,
    name: string,
    compileQuery: CompileQuery,
  ): Promise<void> {
    await this.driver.rollbackToSavepoint?.(inner, name, compileQuery);
  }

  async releaseSavepoint(
    { inner }: GuardedConnection,
    name: string,
    compileQuery: CompileQuery,
  ): Promise<void> {
    await this.driver.releaseSavepoint?.(inner, name, compileQuery);
  }

  releaseConnection(connection: GuardedConnection): Promise<void> {
    return this.driver.releaseConnection(connection.inner);
  }

  destroy(): Promise<void> {
    return this.driver.destroy();
  }
}
