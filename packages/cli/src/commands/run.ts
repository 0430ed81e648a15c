/** `mycroft run WORKFLOW`: any workflow of the project, on any input. */
import type { JsonValue } from "@mycroft/engine";
import type { Invocation } from "../command.ts";
import { runAndRead } from "../decision/run-and-read.ts";
import { tellRun } from "../decision/tell-run.ts";
import { findWorkflow } from "../project/find-workflow.ts";
import { loadMarket, noteLoadReport } from "../project/market.ts";
import { openProject } from "../project/open-project.ts";
import { prepareRun } from "../project/prepare-run.ts";
import { readInput } from "../project/read-input.ts";
import { readArgument, readDate, readList, readText } from "../read-options.ts";

export async function execute(invocation: Invocation): Promise<number> {
  const { arguments: given, options, terminal } = invocation;
  const asOf = readDate(options, "asOf");
  const open = await openProject(options);
  const workflow = findWorkflow(open, readArgument(given, "workflow"));
  const text = readText(options, "input");
  // JSON that has been parsed is JSON.
  const input = (text === undefined ? {} : await readInput(text)) as JsonValue;
  const startKey = readText(options, "key");
  const start = {
    workflow: workflow.name,
    input,
    tags: readList(options, "tag"),
    ...(asOf === undefined ? {} : { asOf }),
    ...(startKey === undefined ? {} : { startKey }),
  };
  const here = async () => {
    const market = await loadMarket(open, options, terminal);
    if (market !== null) noteLoadReport(market, terminal);
    return { market, run: prepareRun(workflow, input, asOf, market?.data ?? null) };
  };
  const outcome = await runAndRead({ open, start, here }, invocation);
  const { isNew, market, record } = outcome;
  if (!isNew && !terminal.json)
    terminal.note(
      `Run ${record.header.runId} was started under the key ${startKey} before; no other was started.`,
    );
  tellRun(outcome, market, invocation, { isNew });
  return 0;
}
