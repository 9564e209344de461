/**
 * How long the database may take, in milliseconds. Together they bound every transaction on both sides, so that a server
 * that stalls or has silently gone is noticed, and service is back within ten seconds of the fault's end.
 */

/** A caller waits no longer for a connection, and then is told to come back: a queue that grows only makes everybody late. */
export const callerPatienceMs = 850;
/** Unless one is just being made: a quiet service has few, and on a busy machine that takes a while. */
export const freshPatienceMs = 2_500;
/** The service's own work waits longer, since nobody waits for it. */
export const workerPatienceMs = 5_000;
/** More callers waiting than this would not be served in their time anyway. */
export const maxWaitingCallers = 1_000;
/** Making a new connection. */
export const connectMs = 5_000;
/** How long a connection is kept that nobody uses. */
export const idleMs = 60_000;
/** To begin, to set the context and to roll back are nothing to a server that is well: one that is silent so long has gone. */
export const quickMs = 3_000;
/** One statement. What takes longer says so: `Tx.patiently`. */
export const statementMs = 6_000;
/** Waiting for a lock that somebody else holds; above PostgreSQL's deadlock_timeout of a second, so that deadlocks are named. */
export const lockMs = 3_000;
/** The server cancels a statement in time; this much later the client takes the server for gone, and the connection with it. */
export const marginMs = 1_000;
