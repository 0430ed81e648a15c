/**
 * A process that can be killed: opens the store in the folder of its first argument, makes sure that its runs are
 * started, works on whatever is unsettled, and ends when all have settled.
 */
import { writeSync } from "node:fs";
import { compile, type JsonValue } from "@mycroft/engine";
import { type AttemptOutcome, type Gateway, startHost } from "@mycroft/runtime";
import { InProcessBus } from "../in-process-bus/in-process-bus.ts";
import { InProcessQueue } from "../in-process-queue.ts";
import { openSqliteStore } from "../sqlite-store/open-sqlite-store.ts";
import { SystemClock } from "../system-clock.ts";

const output = (step: string) => ({ kind: "step", step, path: [] });
const retry = { maxAttempts: 5, initialDelayMs: 5, factor: 1, maxDelayMs: 5, jitter: 0.5 };
const call = (name: string, input: object, more: object = {}) => ({
  kind: "call",
  name,
  target: { kind: "function", name: "work" },
  input,
  retry,
  ...more,
});

/** A fan-out of two chained steps for each item, retries, an item that fails, a large output, and a step at the end. */
const plan = compile({
  name: "killed",
  steps: [
    call("first", { kind: "input", path: [] }),
    {
      kind: "map",
      name: "items",
      over: { kind: "input", path: [] },
      maxItems: 100,
      maxFailedItems: 100,
      steps: [
        call("left", { kind: "item", of: "items", path: [] }, { after: ["first"] }),
        call("right", output("left")),
      ],
      output: output("right"),
    },
    call("last", output("items")),
  ],
  output: output("last"),
});

/** What an attempt comes to depends on which attempt it is alone. */
const gateway: Gateway = {
  async execute({ task, attempt, input }): Promise<AttemptOutcome> {
    // The parent counts these, and kills after so many.
    writeSync(1, ".");
    const luck = [...`${task}#${attempt}`].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 101, 7);
    await new Promise((resolve) => setTimeout(resolve, luck % 7));
    if (luck < 20) return failure("TASK_FAILED", true);
    if (luck < 24) return failure("INPUT_INVALID", false);
    const size = luck > 95 ? 100_000 : 10;
    return {
      ok: true,
      output: { task, of: JSON.stringify(input).length, text: "x".repeat(size) },
      version: "1",
    };
  },
};

function failure(code: string, retryable: boolean): AttemptOutcome {
  return { ok: false, error: { code, message: `no luck: ${code}`, retryable } };
}

const [folder = "", runCount = "0"] = process.argv.slice(2);
const runIds = Array.from({ length: Number(runCount) }, (_, index) => `run-${index}`);
const store = await openSqliteStore({ folder });
const unstarted: string[] = [];
for (const runId of runIds) if ((await store.getRun(runId)) === undefined) unstarted.push(runId);
const host = await startHost(
  { store, queue: new InProcessQueue(), bus: new InProcessBus(), clock: new SystemClock(), gateway },
  { concurrency: 16, newRunId: () => unstarted.shift() ?? "none" },
);
const input = (runId: string): JsonValue =>
  Array.from({ length: runId.length }, (_, index) => `${runId} ${index}`);
await Promise.all(
  [...unstarted].map((runId) =>
    host.orchestrator.startRun({
      plan,
      input: input(runId),
      asOf: "2010-02-26",
      provenance: { codeVersion: "test" },
    }),
  ),
);
await Promise.all(runIds.map((runId) => host.orchestrator.waitFor(runId)));
await host.close();
