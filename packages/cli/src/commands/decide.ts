/** `mycroft decide SYMBOL...`: the committee's decision on some companies. */
import type { Invocation } from "../command.ts";
import { decideOn, prepareQuestion } from "../decision/committee-run.ts";
import { printDecisions } from "../decision/print-decisions.ts";
import { decisionJson, runJson } from "../decision/run-json.ts";
import { mostDisputed } from "../decision/subject-decision.ts";
import { readDate, readList } from "../read-options.ts";
import { nextCommands } from "../text/next-commands.ts";

export async function execute(invocation: Invocation): Promise<number> {
  const { arguments: given, options, terminal } = invocation;
  const asked = { symbols: readList(given, "symbol"), asOf: readDate(options, "asOf") };
  const question = await prepareQuestion(asked, invocation);
  const { record, market, decisions } = await decideOn(question, invocation);
  if (terminal.json) {
    terminal.printJson({ ...runJson(record, market), decisions: decisions.map(decisionJson) });
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
