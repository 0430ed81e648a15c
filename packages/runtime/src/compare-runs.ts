/** What differs between two runs, from what went in to what came out. */
import { canonicalJson, describeTasks, type JsonValue } from "@mycroft/engine";
import type { RunRecord } from "./run-record.ts";

/** In the order in which a person would look: what went in first, what came out last. */
export type DifferenceArea = "workflow" | "input" | "data" | "code" | "task" | "result";

export interface Difference {
  readonly area: DifferenceArea;
  /** The task, for differences between tasks. */
  readonly task?: string;
  /** Where in the value, such as `opinions[2].probabilities[0]`; empty for the value itself. */
  readonly path: string;
  /** Undefined where that side has nothing. */
  readonly left: JsonValue | undefined;
  readonly right: JsonValue | undefined;
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
  const states = [left, right].every(({ header, state }) => valueAt(state.input, "asOf") === header.asOf);
  if (!states) found.compare({ area: "input" }, "asOf", a.asOf, b.asOf);
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
    if (left === right) return;
    const keys = commonKeys(left, right);
    if (keys !== null) {
      for (const key of keys)
        this.compare(of, join(path, key, left), valueAt(left, key), valueAt(right, key));
      return;
    }
    if (left !== undefined && right !== undefined && canonicalJson(left) === canonicalJson(right)) return;
    if (this.list.length < this.#limit) this.list.push({ ...of, path, left, right });
    else this.omitted += 1;
  }
}

/** The keys of both, when both are objects or both are lists; null when they can only be compared whole. */
function commonKeys(left: JsonValue | undefined, right: JsonValue | undefined): readonly string[] | null {
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return null;
  if (Array.isArray(left) !== Array.isArray(right)) return null;
  return [...new Set([...Object.keys(left), ...Object.keys(right)])];
}

function valueAt(value: JsonValue | undefined, key: string): JsonValue | undefined {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return Reflect.get(value, key);
}

function join(path: string, key: string, parent: JsonValue | undefined): string {
  if (Array.isArray(parent)) return `${path}[${key}]`;
  return path === "" ? key : `${path}.${key}`;
}

function asJson(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value ?? null)) as JsonValue;
}
