/** `mycroft run WORKFLOW`: any workflow of the project, on any input. */
import type { JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { MarketData, Workflow } from "@mycroft/sdk";
import type { Invocation } from "../command.ts";
import { runAndRead } from "../decision/run-and-read.ts";
import { tellRun } from "../decision/tell-run.ts";
import { findWorkflow } from "../project/find-workflow.ts";
import { loadMarket, noteLoadReport } from "../project/market.ts";
import { openProject } from "../project/open-project.ts";
import { chooseAsOf } from "../project/question.ts";
import { readInput } from "../project/read-input.ts";
import { isDate, readArgument, readDate, readList, readText } from "../read-options.ts";

export async function execute(invocation: Invocation): Promise<number> {
  const { arguments: given, options, terminal } = invocation;
  const asOf = readDate(options, "asOf");
  const open = await openProject(options);
  const workflow = findWorkflow(open, readArgument(given, "workflow"));
  const text = readText(options, "input");
  const input = text === undefined ? {} : await readInput(text);
  const market = await loadMarket(open, options, terminal);
  if (market !== null) noteLoadReport(market, terminal);
  const run = prepareRun(workflow, input, asOf, market?.data ?? null);
  const startKey = readText(options, "key");
  const tags = readList(options, "tag");
  const worked = await runAndRead(open, market, invocation, {
    ...run,
    tags,
    ...(startKey === undefined ? {} : { startKey }),
  });
  tellRun(worked, market, invocation);
  return 0;
}

/**
 * The run's day is the one on the command line, else the input's own `asOf`, else the data's last. An input that has a
 * field `asOf` and leaves it out is given that day.
 * @throws {MycroftError} USAGE when the two say different days; DATE_OUT_OF_RANGE; INPUT_INVALID.
 */
function prepareRun(
  workflow: Workflow,
  input: unknown,
  asked: string | undefined,
  market: MarketData | null,
) {
  const stated = statedDate(input);
  if (asked !== undefined && stated !== undefined && asked !== stated) {
    throw new MycroftError(
      "USAGE",
      `--as-of says ${asked} and the input's asOf says ${stated}; give one of them.`,
    );
  }
  const asOf = chooseAsOf(asked ?? stated, market);
  const complete =
    takesAsOf(workflow) && isObject(input) && stated === undefined ? { asOf, ...input } : input;
  // What a schema of JSON types has parsed is JSON; the store refuses anything else.
  return { workflow, input: workflow.parseInput(complete) as JsonValue, asOf };
}

function statedDate(input: unknown): string | undefined {
  const stated: unknown = isObject(input) ? Reflect.get(input, "asOf") : undefined;
  return typeof stated === "string" && isDate(stated) ? stated : undefined;
}

function takesAsOf({ definition }: Workflow): boolean {
  const properties = definition.input["properties"];
  return isObject(properties) && Object.hasOwn(properties, "asOf");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
