/** `mycroft decide SYMBOL...`: the committee's decision on some companies. */

import { mostDisputed } from "@mycroft/record";
import type { Invocation } from "../command.ts";
import { decideOn, prepareQuestion } from "../decision/committee-run.ts";
import { printDecisions } from "../decision/print-decisions.ts";
import { runOutcomeJson, tellWaiting } from "../decision/tell-run.ts";
import { readDate, readList } from "../read-options.ts";
import { nextCommands } from "../text/next-commands.ts";

export async function execute(invocation: Invocation): Promise<number> {
  const { arguments: given, options, terminal } = invocation;
  const asked = { symbols: readList(given, "symbol"), asOf: readDate(options, "asOf") };
  const question = await prepareQuestion(asked, invocation);
  const decided = await decideOn(question, invocation);
  const { record, market, decisions } = decided;
  if (terminal.json) {
    terminal.printJson(runOutcomeJson(decided, market, options));
    return 0;
  }
  if (record.state.result === null) {
    tellWaiting(decided, invocation);
    return 0;
  }
  const { runId, asOf, workflow } = record.header;
  terminal.print(`${workflow} as of ${asOf}, on ${market.data.source}`);
  terminal.print("");
  printDecisions(decisions, terminal);
  const subject = mostDisputed(decisions)?.subject ?? decisions[0]?.subject ?? "";
  for (const line of nextCommands([["explain", runId, subject]], options)) terminal.note(`Next: ${line}`);
  return 0;
}
