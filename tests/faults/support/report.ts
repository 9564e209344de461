import { appendFileSync } from 'node:fs';

/** What one fault did, as one row of docs/fault-report.md. Every figure that the test did not measure is left out. */
export interface FaultRow {
  /** Row numbers of reliability.md section 4 that this covers; none for what is not in that table. */
  rows: number[];
  /** What went wrong, in the reader's words: `a consumer is killed five times on the same job`. */
  fault: string;
  /** How it was done: `kill -9 of the process while it holds the job`. */
  injected: string;
  /** What clients were told is done: committed events, 2xx answers. */
  acknowledged?: number;
  /** Of these, what is not there at the end. */
  lost?: number;
  /** Of these, what took effect more than once. */
  doubled?: number;
  /** From the fault's end until everything acknowledged before took effect and requests succeed again. */
  recoverySeconds?: number;
  /** Envelopes sent over envelopes there were: 1.0 when nothing was sent twice. */
  envelopes?: number;
  note?: string;
}

/** The whole form runs by `npm run test:faults`, the short one inside `npm test`. */
export const isFull = (): boolean => process.env.FAULTS === 'full';

/** How many events a fault is tried with: enough to be hit in the middle, more in the full form. FAULT_EVENTS is for trying out. */
export const eventCount = (): number => Number(process.env.FAULT_EVENTS ?? (isFull() ? 20_000 : 2_000));

/** Adds a row to the report that tools/test-faults.mjs writes. Call it last, when the test has passed all it asserts. */
export function record(row: FaultRow): void {
  const file = process.env.FAULT_REPORT;
  const { currentTestName: test, testPath } = expect.getState();
  if (file) appendFileSync(file, `${JSON.stringify({ ...row, test, file: testPath })}\n`);
}
