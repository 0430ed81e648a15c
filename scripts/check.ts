/** `npm run check`: all checks at once; a line for each, the output of those that fail, exit code 1 if any does. */
import { type Check, type CheckResult, checks, runCheck } from "./checks.ts";

const results = await Promise.all(checks.map(report));
const failed = results.filter((result) => !result.passed);
if (failed.length > 0) {
  console.log(`\n${failed.length} of ${checks.length} checks failed.`);
  process.exitCode = 1;
}

async function report(check: Check): Promise<CheckResult> {
  const result = await runCheck(check);
  const seconds = (result.durationMs / 1000).toFixed(1);
  console.log(`${result.passed ? "✔" : "✖"} ${check.name} (${seconds} s)`);
  if (!result.passed) console.log(`\n${`${result.stdout}${result.stderr}`.trimEnd()}\n`);
  return result;
}
