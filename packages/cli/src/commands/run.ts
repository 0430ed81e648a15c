/** `mycroft run WORKFLOW`: any workflow of the project, on any input. */
import type { JsonValue } from "@mycroft/engine";
import type { Invocation } from "../command.ts";
import { askOrDo } from "../control/ask-or-do.ts";
import type { HolderMark } from "../control/control-protocol.ts";
import { runAndRead } from "../decision/run-and-read.ts";
import { tellRun } from "../decision/tell-run.ts";
import { findWorkflow } from "../project/find-workflow.ts";
import { givenDataOptions, loadMarket, noteLoadReport } from "../project/market.ts";
import { openProject } from "../project/open-project.ts";
import { prepareRun } from "../project/prepare-run.ts";
import { readInput } from "../project/read-input.ts";
import { readArgument, readDate, readList, readText } from "../read-options.ts";
import { nextCommands } from "../text/next-commands.ts";

export async function execute(invocation: Invocation): Promise<number> {
  const { arguments: given, options, terminal } = invocation;
  const asOf = readDate(options, "asOf");
  const open = await openProject(options);
  const workflow = findWorkflow(open, readArgument(given, "workflow"));
  const text = readText(options, "input");
  // JSON that has been parsed is JSON.
  const input = (text === undefined ? {} : await readInput(text)) as JsonValue;
  const startKey = readText(options, "key");
  const naming = { tags: [...readList(options, "tag")], ...(startKey === undefined ? {} : { startKey }) };
  const asking = {
    recordFolder: open.recordFolder,
    name: "startRun",
    input: {
      workflow: workflow.name,
      input,
      ...(asOf === undefined ? {} : { asOf }),
      ...naming,
      dataOptions: givenDataOptions(options),
    },
    terminal,
  } as const;
  const done = await askOrDo(asking, async () => {
    const market = await loadMarket(open, options, terminal);
    if (market !== null) noteLoadReport(market, terminal);
    const run = prepareRun(workflow, input, asOf, market?.data ?? null);
    return { market, worked: await runAndRead(open, market, invocation, { ...run, ...naming }) };
  });
  if (done.kind === "asked") tellHandedOver(done.value.runId, done.holder, invocation);
  else tellRun(done.value.worked, done.value.market, invocation);
  return 0;
}

function tellHandedOver(
  runId: string,
  holder: HolderMark,
  { options, terminal }: Pick<Invocation, "options" | "terminal">,
): void {
  if (terminal.json) {
    terminal.printJson({ runId, holder });
    return;
  }
  const [show = ""] = nextCommands([["show", runId]], options);
  terminal.print(`Run ${runId} has been started by process ${holder.pid}, which keeps running.`);
  terminal.note(`\`${show}\` shows how it comes along.`);
}
