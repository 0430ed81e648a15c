/** `mycroft decide SYMBOL...`: the committee's decision on some companies. */
import type { Invocation } from "../command.ts";
import { decideOn, prepareQuestion } from "../decision/committee-run.ts";
import { decisionTable, legend, portfolioText } from "../decision/decision-table.ts";
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
  for (const line of decisionTable(decisions, terminal)) terminal.print(line);
  terminal.print("");
  const portfolio = portfolioText(decisions);
  if (portfolio !== null) terminal.print(portfolio);
  for (const line of legend(decisions)) terminal.print(terminal.style("dim", line));
  const subject = mostDisputed(decisions)?.subject ?? decisions[0]?.subject ?? "";
  for (const line of nextCommands([["explain", runId, subject]], options)) terminal.note(`Next: ${line}`);
  return 0;
}
