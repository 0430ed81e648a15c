/**
 * How runs begin: anew, once for each start key, or with what another run has done. A start that is asked for again,
 * by whomever and after whatever crash, gives the run that there is.
 */
import { contentHash, type JsonValue, type Plan, type RunEvent } from "@mycroft/engine";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import { beginFork, beginRetry, type ForkBeginning, type ForkRun } from "./fork-run.ts";
import { LiveRun } from "./live-run.ts";
import type { LiveRuns } from "./live-runs.ts";
import { eventText } from "./ports/check-append.ts";
import { checkNewRun } from "./ports/check-new-run.ts";
import type { Clock } from "./ports/clock.ts";
import type { NewRun, Provenance, Store } from "./ports/store.ts";
import { type RunRecord, readRun } from "./run-record.ts";

export interface StartRun {
  readonly plan: Plan;
  readonly input: JsonValue;
  readonly asOf: string;
  readonly provenance: Provenance;
  /** The plans of child runs, at any depth. */
  readonly childPlans?: readonly Plan[];
  /** Words to find the run by, beside those of its workflow. */
  readonly tags?: readonly string[];
  /** A run that was started under this key before is not started again. 1 to 200 printable ASCII characters. */
  readonly startKey?: string;
  /** Is told, before the start resolves, when the run was there already. */
  readonly onFound?: () => void;
}

export interface RunStartsOptions {
  readonly store: Store;
  readonly runs: LiveRuns;
  readonly clock: Clock;
  readonly newRunId: (now: number) => string;
  /** Throws when no run of that plan may be started now. */
  readonly checkIntake: (plan: Plan) => void;
  /** Applies events to a run and resolves when they are durable. */
  readonly record: (run: LiveRun, ...events: readonly RunEvent[]) => Promise<void>;
}

export class RunStarts {
  readonly #options: RunStartsOptions;
  /** Starts under a key that are under way. */
  readonly #underKey = new Map<string, Promise<string>>();

  constructor(options: RunStartsOptions) {
    this.#options = options;
  }

  start(start: StartRun): Promise<string> {
    const { startKey } = start;
    if (startKey === undefined) return this.#startNew(start);
    // Of two starts under one key that overlap, the second finds the first one's run.
    const before = this.#underKey.get(startKey) ?? Promise.resolve();
    const begin = () => this.#startUnderKey(start, startKey);
    const starting = before.then(begin, begin);
    this.#underKey.set(startKey, starting);
    const done = () => {
      if (this.#underKey.get(startKey) === starting) this.#underKey.delete(startKey);
    };
    starting.then(done, done);
    return starting;
  }

  async fork(fork: ForkRun): Promise<string> {
    const record = await readRun(this.#options.store, fork.runId);
    return this.#startFork(record, beginFork(record, fork, this.#options.clock.now()));
  }

  async retry(runId: string): Promise<string> {
    const record = await readRun(this.#options.store, runId);
    return this.#startFork(record, beginRetry(record, this.#options.clock.now()));
  }

  async #startUnderKey(start: StartRun, startKey: string): Promise<string> {
    const { store } = this.#options;
    const known = await store.findRunByStartKey(startKey);
    if (known !== undefined) return this.#sameRun(known.runId, start, startKey);
    try {
      return await this.#startNew(start);
    } catch (thrown) {
      if (asMycroftError(thrown).code !== "STORE_CONFLICT") throw thrown;
      // Another process may have started it at the same moment.
      const other = await store.findRunByStartKey(startKey);
      if (other === undefined) throw thrown;
      return this.#sameRun(other.runId, start, startKey);
    }
  }

  async #sameRun(runId: string, { plan, input, onFound }: StartRun, startKey: string): Promise<string> {
    const { header, state } = await this.#options.runs.load(runId);
    const isSamePlan = header.planHash === plan.hash;
    if (isSamePlan && contentHash(state.input) === contentHash(input)) {
      onFound?.();
      return runId;
    }
    const what = isSamePlan ? "on another input" : "of another plan";
    throw new MycroftError(
      "START_KEY_MISMATCH",
      `Run ${runId} was started under the key ${startKey}, ${what}.`,
      {
        details: { runId, startKey },
      },
    );
  }

  #startNew(start: StartRun): Promise<string> {
    const { plan, input, asOf, provenance, childPlans = [], tags = [], startKey = null } = start;
    const at = this.#options.clock.now();
    const header = { asOf, provenance, startKey, forkedFrom: null, tags: mergeTags(plan, tags) };
    return this.#create(plan, header, [{ type: "runStarted", at, input }], childPlans);
  }

  #startFork({ header, plan }: RunRecord, { forkedFrom, events }: ForkBeginning): Promise<string> {
    const { asOf, provenance, tags } = header;
    return this.#create(plan, { asOf, provenance, tags, startKey: null, forkedFrom }, events, []);
  }

  async #create(
    plan: Plan,
    of: Pick<NewRun, "asOf" | "provenance" | "tags" | "startKey" | "forkedFrom">,
    events: readonly RunEvent[],
    childPlans: readonly Plan[],
  ): Promise<string> {
    const { runs, clock, record, checkIntake, newRunId } = this.#options;
    checkIntake(plan);
    if (!runs.hasPlan(plan)) await runs.putPlan(plan);
    for (const childPlan of childPlans) if (!runs.hasPlan(childPlan)) await runs.putPlan(childPlan);
    const createdAt = clock.now();
    const runId = newRunId(createdAt);
    const { hash: planHash, workflow } = plan;
    const header: NewRun = { runId, workflow: workflow.name, planHash, createdAt, parent: null, ...of };
    // Whatever the store would refuse is refused here: there it would take all that is committed with it down.
    checkNewRun(header);
    for (const event of events) checkEventSize(event);
    await record(new LiveRun(header, plan, []), ...events);
    return runId;
  }
}

/** Of an input, as of any output: characters of JSON. */
const maxInput = 8 * 1024 * 1024;

/** @throws {MycroftError} OUTPUT_NOT_JSON or LIMIT_EXCEEDED. */
function checkEventSize(event: RunEvent): void {
  if (event.type !== "runStarted") return;
  const size = eventText(event).length;
  if (size <= maxInput) return;
  throw new MycroftError(
    "LIMIT_EXCEEDED",
    `A run's input has at most ${maxInput} characters of JSON, not ${size}.`,
    {
      details: { field: "input", limit: maxInput },
    },
  );
}

const noTags: readonly string[] = [];

function mergeTags(plan: Plan, tags: readonly string[]): readonly string[] {
  const own = plan.workflow.tags ?? noTags;
  return tags.length === 0 ? own : [...new Set([...own, ...tags])].sort();
}
