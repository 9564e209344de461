import type { PoolClient } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';

/** Runs work in a transaction on a connection of its own: all of it is saved, or nothing. */
export async function inTransaction<T>(dataSource: DataSource, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    const connection = await runner.connect() as PoolClient;
    await runner.startTransaction();
    const result = await work(runner);
    // PostgreSQL answers the commit of a failed transaction with a rollback and no error: TypeORM would take it for done.
    const { command } = await connection.query('commit');
    if (command !== 'COMMIT') throw new Error('A statement of this transaction failed and its error was swallowed: nothing was saved.');
    return result;
  } catch (error) {
    await rollBack(runner);
    throw error;
  } finally {
    await runner.release();
  }
}

/** A connection that cannot even roll back is broken, and must not go back to the pool with a role and an organisation set. */
async function rollBack(runner: QueryRunner): Promise<void> {
  if (!runner.isTransactionActive || runner.isReleased) return;
  const connection = await runner.connect() as PoolClient & { end: () => Promise<void> };
  await connection.query('rollback').catch(() => connection.end().catch(() => undefined));
}
