/**
 * Two workers execute the same attempt: each thing counts once all the same, and what comes late is recorded as stale. First
 * there are workers that do not renew their leases, and a Redis that forgets who has what in hand; then a worker stands still
 * beyond its lease and wakes, and then an orchestrator does.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { shardCount } from "@mycroft/runtime";
import type { Announcement, Execution } from "../testing/cluster-messages.ts";
import type { ClusterProcess } from "../testing/cluster-process.ts";
import type { Seat } from "../testing/cluster-processes.ts";
import { FaultScene, sceneTimeoutMs, seedOf } from "../testing/fault-scene.ts";
import { isVerySlow } from "../testing/mixed-functions.ts";
import { attemptName } from "../testing/mixed-runs-ends.ts";
import { whyNoPostgres } from "../testing/postgres-server.ts";
import { flushAll, whyNoRedis } from "../testing/private-redis.ts";

const flushes = 2;
/** Until a worker that wakes has reported what it had in hand. */
const wakingMs = 3_000;
const lookMs = 50;

function isSlow(said: Announcement): said is Execution {
  return said.type === "execution" && said.target === "slow";
}

function isForgetful({ kind, index }: Seat): boolean {
  return kind === "worker" && index < 2;
}

/** Whether somebody else has executed the attempt. */
function isOthers({ executions }: FaultScene, said: Execution, { name }: ClusterProcess): boolean {
  return executions.some((one) => one.worker !== name && attemptName(one) === attemptName(said));
}

/** They lose their leases while they execute, and nothing in Redis says any more that they have anything in hand. */
async function makeRedisForget({ processes, redis }: FaultScene): Promise<void> {
  for (let flush = 0; flush < flushes; flush += 1) {
    await processes.untilAnybody(
      (said, { settings }) => settings.neverRenews === true && isSlow(said) && isVerySlow(said),
    );
    await flushAll(redis);
  }
}

/**
 * Gives the worker, which wakes when another one's outcome has counted, and reports its own all the same. One that hears as it
 * wakes that nobody wants that any more reports nothing (E11): then it is tried with another.
 */
async function stopWorker(scene: FaultScene): Promise<ClusterProcess> {
  for (;;) {
    const { worker, held } = await someHolder(scene);
    const elsewhere = scene.processes.untilAnybody(
      (said, by) => by !== worker && said.type === "execution" && attemptName(said) === attemptName(held),
    );
    worker.signal("SIGSTOP");
    await elsewhere;
    await scene.until(
      "the other one's outcome counts",
      async () => (await outcomesOf(scene, held)).length > 0,
    );
    worker.signal("SIGCONT");
    if (await isReported(scene, worker, held)) return worker;
  }
}

/**
 * A worker that executes what nobody else has begun: else that one's outcome might come so soon that the worker wakes in the
 * middle of it.
 */
async function someHolder(scene: FaultScene) {
  let held: Execution | null = null;
  const worker = await scene.processes.untilAnybody((said, by) => {
    if (by.settings.neverRenews === true || !isSlow(said) || isOthers(scene, said, by)) return false;
    held ??= said;
    return true;
  });
  return { worker, held: held ?? assert.fail() };
}

/** Who reported the outcomes of its task, those that counted for nothing among them. */
async function outcomesOf({ store }: FaultScene, { runId, task }: Execution): Promise<readonly string[]> {
  const events = await store.readEvents(runId);
  return events.flatMap((event) =>
    event.type === "attemptSucceeded" && event.task === task ? [event.report?.worker ?? ""] : [],
  );
}

async function isReported(scene: FaultScene, { name }: ClusterProcess, held: Execution): Promise<boolean> {
  const until = performance.now() + wakingMs;
  while (performance.now() < until) {
    if ((await outcomesOf(scene, held)).includes(name)) return true;
    await pause(lookMs);
  }
  return false;
}

/** It wakes when the other one has all its runs. */
async function stopOrchestrator(scene: FaultScene): Promise<void> {
  const { random, processes, store } = scene;
  const orchestrator = random.pick(processes.orchestrators);
  orchestrator.signal("SIGSTOP");
  await scene.until("the other one has all runs", async () => {
    const [first] = (await store.listProcesses()).filter(({ shards }) => shards === shardCount);
    return first !== undefined && first.name !== orchestrator.name;
  });
  const noticed = orchestrator.untilNext(({ type }) => type === "lost");
  orchestrator.signal("SIGCONT");
  assert.ok((await noticed) !== null, "it notices that its runs are others' now");
}

describe("one task, two workers", { skip: whyNoPostgres() || whyNoRedis() }, () => {
  const seed = seedOf();
  it(`P2 E10 what two have executed counts once (seed ${seed})`, {
    timeout: sceneTimeoutMs,
  }, async (context) => {
    let sleeper = "";
    const settingsOf = (seat: Seat) => ({ neverRenews: isForgetful(seat) });
    const { scene, ends } = await FaultScene.play({ seed, settingsOf }, async (scene) => {
      await makeRedisForget(scene);
      const { name } = await stopWorker(scene);
      sleeper = name;
      await stopOrchestrator(scene);
    });
    const attempts = [...Map.groupBy(scene.executions, attemptName).values()];
    const byTwo = attempts.filter((executions) => new Set(executions.map(({ worker }) => worker)).size > 1);
    const unrenewed = byTwo.filter(([first]) => first?.target === "slow" && first.worker !== sleeper);
    assert.ok(unrenewed.length > 0, "one that was not renewed was executed by two");
    const late = ends.stale.filter(({ worker }) => worker === sleeper);
    assert.ok(late.length > 0, "E10 what the worker reported when it woke is recorded as stale");
    assert.equal(scene.processes.all.length, 6, "nobody had to be started again");
    context.diagnostic(`${byTwo.length} attempts were executed by two; ${ends.stale.length} came too late`);
  });
});
