// @ts-check
/** Lints `[path, text][]` from stdin as if each file held that text; prints the rules that each breaks. Run by boundaries.guard. */
import { text } from 'node:stream/consumers';
import { ESLint } from 'eslint';

const eslint = new ESLint();
const broken = [];
for (const [filePath, planted] of JSON.parse(await text(process.stdin))) {
  const [result] = await eslint.lintText(planted, { filePath });
  broken.push(result.messages.map(({ ruleId, message }) => ruleId ?? message));
}
process.stdout.write(JSON.stringify(broken));
