/**
 * Runs, the newest first, each with its child runs. A fork of a run that succeeded is an experiment, whose decisions do not
 * count; what was done again of one that failed or was cancelled stands in for it.
 */
import { maxRunDepth, ownRuns, type RunHeader, type Store } from "@mycroft/runtime";
import type { KnownPlans } from "./known-plans.ts";

/** Child runs of one run that are looked at, at any depth. */
const mostChildren = 500;
const pageSize = 100;

export interface RunFamily {
  readonly header: RunHeader;
  /** In the order in which they began. */
  readonly children: readonly RunHeader[];
}

export interface FamilyQuery {
  /** The parents'. */
  readonly workflow?: string | undefined;
  /** The run to begin with, itself included. */
  readonly from?: string | undefined;
  /** Whether experiments are among them. */
  readonly withExperiments?: boolean;
}

export class RunFamilies {
  readonly #store: Store;
  readonly #plans: KnownPlans;

  constructor(store: Store, plans: KnownPlans) {
    this.#store = store;
    this.#plans = plans;
  }

  async *newest(query: FamilyQuery = {}): AsyncGenerator<RunFamily> {
    for await (const header of this.newestParents(query))
      yield { header, children: await this.childrenOf(header) };
  }

  /** As `newest`, for whoever does not want the children of each. */
  async *newestParents({
    workflow,
    from,
    withExperiments = false,
  }: FamilyQuery = {}): AsyncGenerator<RunHeader> {
    const narrowed = {
      ...(workflow === undefined ? {} : { workflow }),
      // Above its own id, and below those of its children, which go on with a full stop.
      ...(from === undefined ? {} : { cursor: `${from}!` }),
    };
    for await (const header of ownRuns(this.#store, narrowed)) {
      if (withExperiments || !(await this.#isExperiment(header))) yield header;
    }
  }

  async #isExperiment({ forkedFrom }: RunHeader): Promise<boolean> {
    if (forkedFrom === null) return false;
    const original = await this.#store.getRun(forkedFrom.runId);
    return original === undefined || original.status === "succeeded" || original.status === "running";
  }

  async childrenOf(header: RunHeader): Promise<readonly RunHeader[]> {
    const found: RunHeader[] = [];
    let parents = [header];
    for (let depth = 0; depth < maxRunDepth && parents.length > 0; depth += 1) {
      const below: RunHeader[] = [];
      for (const parent of parents) {
        if (!(await this.#plans.traitsOf(parent)).startsRuns) continue;
        below.push(...(await this.#directChildren(parent.runId, mostChildren - found.length - below.length)));
      }
      found.push(...below);
      parents = below;
    }
    return found;
  }

  async #directChildren(parentRunId: string, most: number): Promise<readonly RunHeader[]> {
    const children: RunHeader[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null && children.length < most) {
      const limit = Math.min(pageSize, most - children.length);
      const query = { parentRunId, limit };
      const page = await this.#store.listRuns(cursor === undefined ? query : { ...query, cursor });
      children.push(...page.runs);
      cursor = page.nextCursor;
    }
    return children.reverse();
  }
}
