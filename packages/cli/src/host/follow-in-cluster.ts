/**
 * Waits for a run of a cluster. Nothing of it is executed here: when nobody is alive who does that, it is said at once, and
 * whoever has no person to wait with waits no longer than a process takes to be started again.
 */
import { MycroftError } from "@mycroft/errors";
import { type SharedStore, shardOf } from "@mycroft/runtime";
import type { Invocation } from "../command.ts";
import { Interrupted } from "../interrupted.ts";
import { nextCommands } from "../text/next-commands.ts";
import type { ClusterControls } from "./cluster-store.ts";
import { followRun } from "./follow-run.ts";
import { watchForInterruption } from "./interruption.ts";
import { rootOf } from "./run-activity.ts";

type Told = Pick<Invocation, "options" | "terminal">;

/** For how long nobody may be alive. */
const patienceMs = 30_000;
const mostLetters = 1_000;

/**
 * @param given when it lies within another run, that one is followed.
 * @returns the run that was followed.
 * @throws {MycroftError} RUN_NOT_SETTLED when nobody works on runs; the codes of the store.
 * @throws {Interrupted} when a signal came; the run goes on.
 */
export async function followInCluster(
  held: ClusterControls,
  given: string,
  invocation: Told,
): Promise<string> {
  const { store, clock, controls } = held;
  const { options, terminal } = invocation;
  const runId = rootOf(given);
  const stop = Promise.withResolvers<"stop">();
  const interruption = watchForInterruption({ onFirst: () => stop.resolve("stop") });
  const settled = controls.orchestrator.waitFor(runId);
  // Closing the client ends the waiting.
  settled.catch(() => {});
  terminal.progress(`The cluster works on run ${runId} ...`);
  try {
    const ended = await followRun({
      ...{ store, runId, invocation, stop: stop.promise, now: () => clock.now() },
      untilNews: () => settled,
      isHeard: () => isHeard(store, given),
      checkWorkers: watchWorkers(store, runId, invocation),
    });
    if (ended === "ended") return runId;
    const [show = ""] = nextCommands([["show", runId]], options);
    terminal.note(`The cluster goes on with run ${runId}; \`${show}\` shows how it comes along.`);
    throw new Interrupted(interruption.exitCode ?? 1);
  } finally {
    terminal.progress("");
    interruption.stop();
  }
}

/** Whether an orchestrator has read all that was sent to the run. */
async function isHeard(store: SharedStore, runId: string): Promise<boolean> {
  const letters = await store.readLetters({ shards: [shardOf(runId)], limit: mostLetters, except: [] });
  return !letters.some((letter) => letter.runId === runId);
}

function watchWorkers(store: SharedStore, runId: string, invocation: Told): () => Promise<void> {
  const { terminal } = invocation;
  let told = "";
  let since: number | null = null;
  return async () => {
    const lacking = await findLacking(store);
    if (lacking === null) {
      since = null;
      return;
    }
    since ??= performance.now();
    if (lacking !== told) terminal.note(lackingText(lacking, invocation));
    told = lacking;
    if (terminal.isAttended || performance.now() - since < patienceMs) return;
    throw new MycroftError(
      "RUN_NOT_SETTLED",
      `Run ${runId} is on record. ${lackingText(lacking, invocation)}`,
      {
        details: { runId, lacking },
      },
    );
  };
}

type Lacking = "orchestrator" | "worker";

/** Which kind of process there is none of, the one that is needed first; null when both are alive. */
export async function findLacking(store: Pick<SharedStore, "listProcesses">): Promise<Lacking | null> {
  const kinds = new Set((await store.listProcesses()).map(({ kind }) => kind));
  if (!kinds.has("orchestrator")) return "orchestrator";
  return kinds.has("worker") ? null : "worker";
}

export function lackingText(lacking: Lacking, { options }: Pick<Told, "options">): string {
  const [one = "", up = ""] = nextCommands([[lacking], ["up"]], options);
  const what = lacking === "orchestrator" ? "no orchestrator is alive" : "no worker is alive";
  return `Nothing goes on in this cluster: ${what}. \`${one}\` starts one, \`${up}\` an orchestrator and a worker.`;
}
