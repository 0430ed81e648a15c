/** `mycroft run WORKFLOW`: any workflow of the project, on any input. */
import type { JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { RunRecord } from "@mycroft/runtime";
import type { MarketData, Workflow } from "@mycroft/sdk";
import type { Invocation } from "../command.ts";
import { printDecisions } from "../decision/print-decisions.ts";
import { runAndRead } from "../decision/run-and-read.ts";
import { decisionJson, runJson } from "../decision/run-json.ts";
import { readSubjectDecisions } from "../decision/subject-decision.ts";
import { findWorkflow } from "../project/find-workflow.ts";
import { loadMarket, noteLoadReport } from "../project/market.ts";
import { openProject } from "../project/open-project.ts";
import { chooseAsOf } from "../project/question.ts";
import { readInput } from "../project/read-input.ts";
import { isDate, readArgument, readDate, readText } from "../read-options.ts";
import { inFull, jsonLines } from "../text/json-lines.ts";
import { durationText } from "../text/time-text.ts";

export async function execute({ arguments: given, options, terminal }: Invocation): Promise<number> {
  const asOf = readDate(options, "asOf");
  const open = await openProject(options);
  const workflow = findWorkflow(open, readArgument(given, "workflow"));
  const text = readText(options, "input");
  const input = text === undefined ? {} : await readInput(text);
  const market = await loadMarket(open, options, terminal);
  if (market !== null) noteLoadReport(market, terminal);
  const run = prepareRun(workflow, input, asOf, market?.data ?? null);
  const record = await runAndRead(open, market, run, terminal);
  const decisions = readSubjectDecisions(record);
  if (terminal.json) {
    const output = outputOf(record);
    terminal.printJson({ ...runJson(record, market), decisions: decisions.map(decisionJson), output });
    return 0;
  }
  terminal.note(headline(record));
  if (decisions.length > 0) printDecisions(decisions, terminal);
  else for (const line of jsonLines(outputOf(record), inFull)) terminal.print(line);
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

function outputOf({ state }: RunRecord): JsonValue {
  return state.result?.status === "succeeded" ? state.result.output : null;
}

function headline({ header, state }: RunRecord): string {
  const took = durationText((state.settledAt ?? 0) - (state.startedAt ?? 0));
  return `Run ${header.runId}: ${header.workflow} as of ${header.asOf} ${header.status} in ${took}.`;
}
