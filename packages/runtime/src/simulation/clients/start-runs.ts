/** Starts the runs that are not there yet. Those with a key are asked for again and again, in every life: there is one. */
import type { StartRun } from "../../run-starts.ts";
import { planOf } from "../compile-plans.ts";
import type { ScenarioRun } from "../scenario.ts";
import { ask } from "./ask.ts";
import { asOf, type ClientOptions, provenance } from "./outside.ts";

/** Resolves when every run has been started. */
export async function startRuns(options: ClientOptions): Promise<void> {
  await Promise.all(options.scenario.runs.map((run) => startRun(options, run)));
}

async function startRun(options: ClientOptions, run: ScenarioRun): Promise<void> {
  await options.until(run.atMs);
  if (run.keyed > 0) await startKeyed(options, run);
  else if (options.witness.durable.get(run.name) === undefined) await startOnce(options, run);
}

async function startOnce(options: ClientOptions, run: ScenarioRun): Promise<void> {
  const { outside, witness, names } = options;
  const start = startOf(options, run);
  // Here a run has the same id whoever starts it: where several processes start runs, one that an earlier life of the client has on
  // its way may come between.
  const answer = await ask(
    options,
    witness.recordsAtOnce ? [] : ["STORE_CONFLICT"],
    () => names.give(run.name, () => outside.startRun(start)),
    () => witness.durable.get(run.name)?.header.runId,
  );
  if ("value" in answer) witness.isStarted(answer.value);
  else if (witness.durable.get(run.name) === undefined)
    witness.accuse("answered", `${run.name} is not there`);
}

async function startKeyed(options: ClientOptions, run: ScenarioRun): Promise<void> {
  const { outside, names, witness } = options;
  const startKey = `key of ${run.name}`.replaceAll(" ", "-");
  const start = { ...startOf(options, run), startKey };
  const times = Array.from({ length: run.keyed }, (_, time) => time);
  await Promise.all(
    times.map(async () => {
      const answer = await ask(options, ["START_KEY_MISMATCH"], () =>
        names.give(run.name, () => outside.startRun(start)),
      );
      const found = witness.durable.byKey(startKey);
      if ("value" in answer) witness.isStarted(answer.value);
      if (found === undefined) witness.accuse("answered", `${startKey} has no run`);
      else checkAnswer(options, start, found.header, "value" in answer ? answer.value : null);
    }),
  );
}

/** A key gives its run; a deploy between two starts makes the second one another request. */
function checkAnswer(
  { witness }: ClientOptions,
  { plan, startKey }: StartRun,
  header: { readonly runId: string; readonly planHash: string },
  runId: string | null,
): void {
  const isSame = header.planHash === plan.hash;
  if (isSame && runId !== header.runId) witness.accuse("started", `${startKey} gives ${runId}`);
  if (!isSame && runId !== null) witness.accuse("refused", `${startKey} gives a run of another plan`);
}

function startOf({ deployment }: ClientOptions, { workflow, input }: ScenarioRun): StartRun {
  const plan = planOf(deployment, workflow);
  return { plan, childPlans: [...deployment.values()], input, asOf, provenance };
}
