// @ts-check
import { ClearError } from './workspace.mjs';

/**
 * Runs a command: a clear error, or a wrong option, is shown as its message alone, anything else with its stack; either ends with code 1.
 * @param {() => Promise<unknown>} command
 * @param {() => Promise<unknown>} [cleanUp] before the end, when the command failed
 */
export async function main(command, cleanUp) {
  try {
    await command();
  } catch (error) {
    const isClear = error instanceof ClearError || String(/** @type {any} */ (error).code).startsWith('ERR_PARSE_ARGS');
    console.error(isClear ? /** @type {Error} */ (error).message : error);
    process.exitCode = 1;
    await cleanUp?.();
  }
}
