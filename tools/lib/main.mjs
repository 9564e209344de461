// @ts-check
import { ClearError } from './workspace.mjs';

/**
 * Runs a command: a clear error is shown as its message alone, anything else with its stack; either ends with code 1.
 * @param {() => Promise<unknown>} command
 * @param {() => Promise<unknown>} [cleanUp] before the end, when the command failed
 */
export async function main(command, cleanUp) {
  try {
    await command();
  } catch (error) {
    console.error(error instanceof ClearError ? error.message : error);
    process.exitCode = 1;
    await cleanUp?.();
  }
}
