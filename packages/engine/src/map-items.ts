/** What a map step goes over, and what its items amount to when they have all settled (E5). */
import { planLimits } from "./plan.ts";
import type { MapWork } from "./plan-index.ts";
import type { BodyScopes, Task } from "./run-state.ts";
import type { JsonValue, TaskError } from "./workflow-definition.ts";

/** How many failed items an error lists. */
const shownItems = 10;

/**
 * The list that a map goes over, or the error that it has none to go over.
 * @param size the tasks, items and rounds that the run has so far.
 */
export function itemsFor(map: Task, work: MapWork, size: number): readonly JsonValue[] | TaskError {
  const items = work.over(map.scope) ?? null;
  if (!isList(items)) {
    return mapError("MAP_NOT_A_LIST", map, `was given ${items === null ? "null" : typeof items}, not a list`);
  }
  if (items.length > work.maxItems) {
    const problem = `was given ${items.length} items; its limit maxItems is ${work.maxItems}`;
    return mapError("MAP_TOO_LARGE", map, problem);
  }
  const sizeThen = size + items.length * (1 + work.body.steps.length);
  if (sizeThen > planLimits.tasks) {
    // Rounds count too. Runs with these words are on record.
    const problem = `would bring the run to ${sizeThen} tasks and map items; a run may have ${planLimits.tasks}`;
    return mapError("MAP_TOO_LARGE", map, problem);
  }
  return items;
}

/** The list of the items' outputs, in order; or the error that too many of them failed. */
export function outcomeOf(
  map: Task,
  { maxFailedItems: maxFailed }: MapWork,
  items: BodyScopes,
): { output: JsonValue } | { error: TaskError } {
  const { scopes } = items;
  if (items.failed <= maxFailed) return { output: scopes.map((scope) => scope.output ?? null) };
  const failed = scopes.filter((scope) => scope.error !== null);
  const first = failed[0]?.error;
  const tooMany = `had ${failed.length} of its ${scopes.length} items fail, and its limit maxFailedItems is ${maxFailed}`;
  const error = mapError("MAP_ITEMS_FAILED", map, tooMany);
  const details = {
    items: failed.slice(0, shownItems).map((scope) => scope.index),
    firstCode: first?.code ?? "",
  };
  return { error: { ...error, message: `${error.message} The first: ${first?.message}`, details } };
}

function mapError(code: string, map: Task, problem: string): TaskError {
  return { code, message: `Map step "${map.id}" ${problem}.`, retryable: false };
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
