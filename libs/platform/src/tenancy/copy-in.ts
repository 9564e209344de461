import { finished } from 'node:stream/promises';
import { type CopyStreamQuery, from } from 'pg-copy-streams';

/** What a copy needs of pg's client. */
interface CopyClient {
  pipeline: boolean;
  query(query: string | CopyStreamQuery): unknown;
}

/**
 * Runs a `copy … from stdin`, and gives how many rows it took. The connection pipelines, which pg allows its own queries alone: for
 * the length of the copy it does not. So nothing else may be under way on it, and PostgreSQL discards what follows a failed copy.
 */
export async function copyIn(client: CopyClient, sql: string, data: Uint8Array): Promise<number> {
  await client.query(''); // what was sent before has been answered then
  client.pipeline = false;
  try {
    const copy = from(sql);
    client.query(copy);
    copy.end(data);
    await finished(copy);
    return copy.rowCount;
  } finally {
    client.pipeline = true;
  }
}
