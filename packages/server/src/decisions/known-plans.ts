/** What can be said of a run by its plan alone, without reading its events. Plans are few and never change. */
import { allSteps } from "@mycroft/engine";
import type { RunHeader, Store } from "@mycroft/runtime";
import type { Workflow } from "@mycroft/sdk";

const remembered = 10_000;

export interface PlanTraits {
  /** Whether runs of it have child runs. */
  readonly startsRuns: boolean;
  /** Whether they resolve opinions themselves. */
  readonly resolves: boolean;
}

export class KnownPlans {
  readonly #store: Pick<Store, "getPlan">;
  readonly #traits = new Map<string, PlanTraits>();

  constructor(store: Pick<Store, "getPlan">) {
    this.#store = store;
  }

  /** Of a plan that is not there nothing is known: such a run may have done anything, as far as it can be read. */
  async traitsOf({ planHash }: Pick<RunHeader, "planHash">): Promise<PlanTraits> {
    const known = this.#traits.get(planHash);
    if (known !== undefined) return known;
    const plan = await this.#store.getPlan(planHash);
    const found = plan === undefined ? { startsRuns: false, resolves: true } : planTraits(plan);
    if (this.#traits.size >= remembered) this.#traits.clear();
    this.#traits.set(planHash, found);
    return found;
  }
}

/** Whether runs of a workflow, or runs within these, can come to a decision. */
export function canDecide({ plans }: Pick<Workflow, "plans">): boolean {
  return plans.some((one) => planTraits(one).resolves);
}

function planTraits({ workflow: { steps } }: Workflow["plan"]): PlanTraits {
  const kinds = new Set(Array.from(allSteps(steps), ({ kind }) => kind));
  return { startsRuns: kinds.has("run"), resolves: kinds.has("resolve") };
}
