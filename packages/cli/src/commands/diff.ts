/** `mycroft diff LEFT RIGHT`: what differs between two runs. Exit code 0 when nothing does, 1 when something does. */

import { timeText } from "@mycroft/record/text";
import { decisionHash, type RunRecord, readRun } from "@mycroft/runtime";
import type { Invocation } from "../command.ts";
import { headerJson } from "../decision/run-json.ts";
import { readRecord } from "../host/read-record.ts";
import { readArgument, readWholeNumber } from "../read-options.ts";
import { diffReport, diffRuns } from "../run-report/diff-report.ts";

const usualLimit = 20;
const mostListed = 1_000;
const hashDigits = 12;

export async function execute({ arguments: given, options, terminal }: Invocation): Promise<number> {
  const limit = readWholeNumber(options, "limit", { min: 1, max: mostListed }) ?? usualLimit;
  const [left, right] = await readRecord(options, async (store) => [
    await readRun(store, readArgument(given, "left")),
    await readRun(store, readArgument(given, "right")),
  ]);
  const found = diffRuns(left, right);
  if (terminal.json) {
    terminal.printJson({ left: headerJson(left.header), right: headerJson(right.header), ...found });
  } else {
    terminal.print(`left   ${headerLine(left)}`);
    terminal.print(`right  ${headerLine(right)}`);
    if (found.equal) terminal.print("Nothing differs but when they ran.");
    for (const line of diffReport(found, { limit, style: terminal.style })) terminal.print(line);
  }
  return found.equal ? 0 : 1;
}

function headerLine({ header, state }: RunRecord): string {
  const { runId, workflow, asOf, status, createdAt } = header;
  const decision =
    state.result === null ? "" : `, decision ${decisionHash(state.result).slice(0, hashDigits)}`;
  return `${runId}  ${workflow}, as of ${asOf}, ${status} (${timeText(createdAt)})${decision}`;
}
