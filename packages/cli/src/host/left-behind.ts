/** The runs that an interrupted command left unfinished, and whether they may go on with what is at hand. */
import { allSteps, defaultPool, type Plan, type StepDefinition, verifyPlan } from "@mycroft/engine";
import { policies } from "@mycroft/ensemble";
import type { RunHeader, Store } from "@mycroft/runtime";
import type { Project } from "@mycroft/sdk";

export interface LeftBehindRun {
  readonly header: RunHeader;
  /** Why it must wait, as the end of a sentence; null when it may go on. */
  readonly obstacle: string | null;
}

const pageSize = 1_000;

/**
 * The newest first. A run is on record with the data that its agents were shown and the plan that names them: on other
 * data, or without those agents, it must not go on, for its record would say what is not so.
 */
export async function findLeftBehindRuns(
  store: Store,
  project: Project,
  dataHash: string | undefined,
): Promise<readonly LeftBehindRun[]> {
  const obstacles = new Obstacles(store, project, dataHash);
  const found: LeftBehindRun[] = [];
  for (const header of await listUnsettled(store))
    found.push({ header, obstacle: await obstacles.of(header) });
  return found;
}

/** Why a run must wait, as the end of a sentence; null when it may go on. */
export function findObstacle(
  header: Pick<RunHeader, "planHash" | "provenance">,
  store: Store,
  project: Project,
  dataHash: string | undefined,
): Promise<string | null> {
  return new Obstacles(store, project, dataHash).of(header);
}

async function listUnsettled(store: Store): Promise<readonly RunHeader[]> {
  const found: RunHeader[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const query = { status: "running", limit: pageSize } as const;
    const page = await store.listRuns(cursor === undefined ? query : { ...query, cursor });
    found.push(...page.runs);
    cursor = page.nextCursor;
  }
  return found;
}

type KnownNames = Readonly<Record<"agent" | "function" | "policy" | "pool", ReadonlySet<string>>>;

/** What the plans of a project's runs may name. */
export function knownNames({ agents, functions, policies: own, pools }: Project): KnownNames {
  const namesOf = (entries: readonly { readonly name: string }[]) => new Set(entries.map(({ name }) => name));
  return {
    agent: namesOf(agents),
    function: namesOf(functions),
    policy: namesOf([...policies, ...own]),
    pool: new Set([defaultPool, ...Object.keys(pools)]),
  };
}

/** Looks at each plan once, with the plans of its child runs (E7). */
class Obstacles {
  readonly #store: Store;
  readonly #dataHash: string | undefined;
  readonly #known = new Map<string, string | null>();
  readonly #has: KnownNames;

  constructor(store: Store, project: Project, dataHash: string | undefined) {
    this.#store = store;
    this.#dataHash = dataHash;
    this.#has = knownNames(project);
  }

  async of({ planHash, provenance }: Pick<RunHeader, "planHash" | "provenance">): Promise<string | null> {
    if (provenance.dataHash !== this.#dataHash) return "works on other data than this command";
    return this.#ofPlan(planHash);
  }

  async #ofPlan(planHash: string): Promise<string | null> {
    const known = this.#known.get(planHash);
    if (known !== undefined) return known;
    const plan = await this.#store.getPlan(planHash);
    const obstacle = plan === undefined ? "has lost its plan" : await this.#find(verifyPlan(plan));
    this.#known.set(planHash, obstacle);
    return obstacle;
  }

  async #find({ workflow }: Plan): Promise<string | null> {
    for (const step of allSteps(workflow.steps)) {
      const need = needsOf(step).find(({ kind, name }) => !this.#has[kind].has(name));
      if (need !== undefined) return `needs the ${need.kind} ${need.name}, which this project does not have`;
      // A plan names its children by their hashes, so this comes to an end.
      const ofChild = step.kind === "run" ? await this.#ofPlan(step.plan) : null;
      if (ofChild !== null) return `has a child run of ${step.name} that ${ofChild}`;
    }
    return null;
  }
}

interface Need {
  readonly kind: "agent" | "function" | "policy" | "pool";
  readonly name: string;
}

function needsOf(step: StepDefinition): readonly Need[] {
  switch (step.kind) {
    case "call":
      return [step.target, poolOf(step)];
    case "resolve":
      return [{ kind: "policy", name: step.policy }, poolOf(step)];
    case "map":
    case "repeat":
    case "run":
    case "approve":
    case "waitFor":
    case "sleep":
      return [];
  }
}

function poolOf({ pool = defaultPool }: { readonly pool?: string }): Need {
  return { kind: "pool", name: pool };
}
