/** What a run of a workflow is started with: its input with defaults filled in, and the day beyond which nothing may look. */
import type { JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { MarketData, Workflow } from "@mycroft/sdk";
import { isDate } from "../read-options.ts";
import { chooseAsOf } from "./question.ts";

export interface PreparedRun {
  readonly workflow: Workflow;
  readonly input: JsonValue;
  readonly asOf: string;
}

/**
 * The run's day is the one on the command line, else the input's own `asOf`, else the data's last. An input that has a
 * field `asOf` and leaves it out is given that day.
 * @throws {MycroftError} USAGE when the two say different days; DATE_OUT_OF_RANGE; INPUT_INVALID.
 */
export function prepareRun(
  workflow: Workflow,
  input: unknown,
  asked: string | undefined,
  market: MarketData | null,
): PreparedRun {
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
