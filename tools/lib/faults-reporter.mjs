// @ts-check
/** Tells tools/test-faults.mjs of each test file whether it passed: a line of JSON in FAULT_FILES. */
import { appendFileSync } from 'node:fs';

export default class FaultsReporter {
  /** @param {{ path: string }} test @param {{ numFailingTests: number, testExecError?: unknown }} result */
  onTestResult({ path }, { numFailingTests, testExecError }) {
    appendFileSync(String(process.env.FAULT_FILES), `${JSON.stringify({ file: path, passed: numFailingTests === 0 && !testExecError })}\n`);
  }
}
