/** A project for tests of what the API tells of runs: many tasks, a child run, a failure, and waits for a person and for signals. */
import { defineConfig, defineFunction, schedule, tradingDate, workflow } from "@mycroft/sdk";
import { z } from "zod";

const double = defineFunction({
  name: "double",
  version: "1.0.0",
  pure: true,
  input: z.object({ value: z.number() }),
  output: z.object({ value: z.number() }),
  run: ({ value }) => ({ value: 2 * value }),
});

const fail = defineFunction({
  name: "fail",
  version: "1.0.0",
  input: z.object({ message: z.string() }),
  output: z.null(),
  run: ({ message }) => {
    throw new Error(message);
  },
});

const repeatText = defineFunction({
  name: "repeat-text",
  version: "1.0.0",
  input: z.object({ text: z.string(), times: z.number() }),
  output: z.string(),
  run: ({ text, times }, { log }) => {
    log.debug("repeats", { times });
    if (times > 1) log.warn(text.slice(0, 3_000), { length: text.length * times });
    return text.repeat(times);
  },
});

const numbers = z.array(z.number()).max(10_000);

/** A call for each number. */
export const doubling = workflow(
  { name: "doubling", description: "Doubles numbers.", input: z.object({ numbers }) },
  (w) =>
    w.map("each", w.input.numbers, (m) => m.call("double", double, { value: m.item }), { maxItems: 10_000 }),
);

/** Waits for signals, one after another, so that a test decides when something happens. */
export const stepwise = workflow(
  { name: "stepwise", description: "Waits.", input: z.object({ numbers }), tags: ["slow"] },
  (w) => {
    const first = w.waitFor("first", { signal: "go", schema: z.object({ value: z.number() }) });
    const all = w.map("each", w.input.numbers, (m) => m.call("double", double, { value: m.item }), {
      maxItems: 10_000,
      after: [first],
    });
    const second = w.waitFor("second", { signal: "on", schema: z.unknown(), after: [all] });
    w.call("last", double, { value: first.value }, { after: [second] });
    return { value: first.value };
  },
);

const asking = workflow(
  { name: "asking", description: "Asks a person.", input: z.object({ what: z.string() }) },
  (w) => {
    const verdict = w.approve("ok", { what: w.input.what });
    return { by: verdict.by };
  },
);

/** A run within a run. */
const outer = workflow(
  { name: "outer", description: "Has a child.", input: z.object({ what: z.string() }) },
  (w) => w.run("inner", asking, { what: w.input.what }),
);

const failing = workflow(
  { name: "failing", description: "Fails.", input: z.object({ message: z.string() }) },
  (w) => w.call("fail", fail, { message: w.input.message }, { retry: { maxAttempts: 1 } }),
);

const lengthy = workflow(
  { name: "lengthy", description: "Says much.", input: z.object({ text: z.string(), times: z.number() }) },
  (w) => w.call("say", repeatText, w.input),
);

const daily = workflow(
  { name: "daily", description: "Every day.", input: z.object({ asOf: tradingDate }) },
  (w) => w.call("one", double, { value: 1 }),
);

export const sampleProject = defineConfig({
  workflows: [doubling, stepwise, asking, outer, failing, lengthy, daily],
  // Each night of a few days that backfills ask for: it is not to fire by itself while a test counts runs.
  schedules: [
    schedule({ name: "nightly", workflow: daily, cron: "0 22 5-7 1 *", input: { asOf: "{date}" } }),
  ],
});
