/** What differs between two runs, from what went in to what came out. */
import { describeTasks, type JsonValue } from "@mycroft/engine";
import type { RunRecord } from "./run-record.ts";
import { type ValueChange, valueChanges } from "./value-changes.ts";

/** In the order in which a person would look: what went in first, what came out last. */
export type DifferenceArea = "workflow" | "input" | "data" | "code" | "task" | "result";

export interface Difference extends ValueChange {
  readonly area: DifferenceArea;
  /** The task, for differences between tasks. */
  readonly task?: string;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Differences beyond the limit, which are counted and not listed. */
  readonly omitted: number;
}

/** @param limit how many differences to list at the most. */
export function compareRuns(left: RunRecord, right: RunRecord, limit = 1_000): Comparison {
  const found = new Differences(limit);
  const [a, b] = [left.header, right.header];
  found.compare({ area: "workflow" }, "name", a.workflow, b.workflow);
  found.compare({ area: "workflow" }, "planHash", a.planHash, b.planHash);
  found.compare({ area: "input" }, "", left.state.input, right.state.input);
  // Where the input states the day, it has been compared already.
  if (!statesItsDay(left) || !statesItsDay(right)) found.compare({ area: "input" }, "asOf", a.asOf, b.asOf);
  found.compare({ area: "data" }, "dataHash", a.provenance.dataHash, b.provenance.dataHash);
  found.compare({ area: "code" }, "codeVersion", a.provenance.codeVersion, b.provenance.codeVersion);
  compareTasks(left, right, found);
  found.compare({ area: "result" }, "", asJson(left.state.result), asJson(right.state.result));
  return { differences: found.list, omitted: found.omitted };
}

function compareTasks(left: RunRecord, right: RunRecord, found: Differences): void {
  const outcomes = (record: RunRecord) =>
    new Map(
      describeTasks(record.state)
        // A map's output is its items' outputs once more.
        .filter((task) => task.kind !== "map")
        .map((task) => [task.id, asJson({ status: task.status, output: task.output, error: task.error })]),
    );
  const ofLeft = outcomes(left);
  const ofRight = outcomes(right);
  for (const task of new Set([...ofLeft.keys(), ...ofRight.keys()])) {
    found.compare({ area: "task", task }, "", ofLeft.get(task), ofRight.get(task));
  }
}

class Differences {
  readonly list: Difference[] = [];
  omitted = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  compare(
    of: { readonly area: DifferenceArea; readonly task?: string },
    path: string,
    left: JsonValue | undefined,
    right: JsonValue | undefined,
  ): void {
    for (const change of valueChanges(left, right, path)) {
      if (this.list.length < this.#limit) this.list.push({ ...of, ...change });
      else this.omitted += 1;
    }
  }
}

/** Whether the run's input states the day of the run itself. */
function statesItsDay({ header, state }: RunRecord): boolean {
  const { input } = state;
  return typeof input === "object" && input !== null && Reflect.get(input, "asOf") === header.asOf;
}

function asJson(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value ?? null)) as JsonValue;
}
