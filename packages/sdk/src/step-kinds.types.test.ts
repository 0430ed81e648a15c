/**
 * Held by the compiler (`npm run check`), not run: types flow through repeats, child runs and waits, and a wrong
 * reference does not compile. Each `@ts-expect-error` stands beside a line that differs in that one thing and does compile.
 */
import { z } from "zod";
import {
  type Condition,
  defineFunction,
  eq,
  gt,
  lt,
  optional,
  type Ref,
  type RefTo,
  settled,
  tradingDate,
  workflow,
} from "./index.ts";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type ValueIn<R> = R extends RefTo<infer T> ? T : never;
declare function holds<Claim extends true>(): Claim;

const speech = z.object({ side: z.enum(["up", "down"]), strength: z.number() });
type Speech = z.infer<typeof speech>;

const speak = defineFunction({
  name: "speak",
  version: "1",
  input: z.object({ heard: speech.nullable(), round: z.number().optional() }),
  output: speech,
  run: () => ({ side: "up" as const, strength: 1 }),
});

const input = z.object({
  asOf: tradingDate,
  mode: z.enum(["fast", "full"]),
  order: z.string(),
  note: z.string().optional(),
  cap: z.number(),
});

export function repeats() {
  workflow({ name: "repeats", input }, (w) => {
    const debate = w.repeat(
      "debate",
      { first: null as Speech | null, second: null as Speech | null, sides: [] as string[] },
      (r) => {
        type Carried = { first: Speech | null; second: Speech | null; sides: string[] };
        holds<Same<ValueIn<typeof r.previous>, Carried>>();
        holds<Same<ValueIn<typeof r.previous.second.side>, "up" | "down" | undefined>>();
        holds<Same<ValueIn<typeof r.round>, number>>();
        const first = r.call("first", speak, { heard: r.previous.second, round: r.round });
        const second = r.call("second", speak, { heard: r.previous.first });
        return { output: { first, second, sides: [first.side] }, until: eq(first.side, second.side) };
      },
      { maxRounds: 3, atMaxRounds: "fail", tags: ["debate"], when: eq(w.input.mode, "full") },
    );
    // There is a round at least, so that what it began with is not what it gives.
    type Given = { first: Speech; second: Speech; sides: ["up" | "down"] };
    holds<Same<ValueIn<typeof debate>, Given>>();
    void debate.first.side;
    // @ts-expect-error a part that rounds do not give
    void debate.third;

    const until: Condition = gt(w.input.cap, 1);
    const first = w.call("one", speak, { heard: null });
    w.repeat("a", 0, (r) => ({ output: r.round, until }), { maxRounds: 3 });
    w.repeat("a", false, () => ({ output: true, until }), { maxRounds: 3 });
    w.repeat("a", "text", () => ({ output: w.input.asOf, until }), { maxRounds: 3 });
    w.repeat("a", { done: false, count: 0 }, () => ({ output: { done: true, count: 1 }, until }), {
      maxRounds: 3,
    });
    w.repeat("a", w.input.mode, () => ({ output: "fast", until }), { maxRounds: 3 });
    // @ts-expect-error text that the reference it begins with can never be
    w.repeat("a", w.input.mode, () => ({ output: "slow", until }), { maxRounds: 3 });
    w.repeat("a", first, (r) => ({ output: r.previous, until }), { maxRounds: 3 });
    // @ts-expect-error what a round gives is not what it begins with
    w.repeat("a", first, () => ({ output: w.input.cap, until }), { maxRounds: 3 });
    // @ts-expect-error null has no room for what a round gives: null as Speech | null has
    w.repeat("a", null, () => ({ output: first, until }), { maxRounds: 3 });
    // @ts-expect-error a required part is missing
    w.repeat("a", first, () => ({ output: { side: "up" }, until }), { maxRounds: 3 });
    w.repeat("a", optional(first), () => ({ output: first, until }), { maxRounds: 3 });
    w.repeat("a", optional(first), (r) => ({ output: r.previous, until }), { maxRounds: 3 });
    const perhaps = w.repeat("a", optional(first), () => ({ output: optional(first), until }), {
      maxRounds: 3,
    });
    // What is absent as a whole is null.
    holds<Same<ValueIn<typeof perhaps>, Speech | null>>();
    // @ts-expect-error a round without a condition
    w.repeat("a", first, (r) => ({ output: r.previous }), { maxRounds: 3 });
    // @ts-expect-error a reference is no condition
    w.repeat("a", first, (r) => ({ output: r.previous, until: r.previous.side }), { maxRounds: 3 });
    // @ts-expect-error a body that is not data
    w.repeat("a", first, async (r) => ({ output: r.previous, until }), { maxRounds: 3 });
    // @ts-expect-error no limit
    w.repeat("a", first, (r) => ({ output: r.previous, until }), {});
    // @ts-expect-error no options
    w.repeat("a", first, (r) => ({ output: r.previous, until }));
    // @ts-expect-error a repeat has no attempts, so nothing to retry
    w.repeat("a", first, (r) => ({ output: r.previous, until }), { maxRounds: 3, retry: {} });
    const today = new Date();
    // @ts-expect-error what a repeat begins with is data
    w.repeat("a", today, () => ({ output: null, until }), { maxRounds: 3 });
    // @ts-expect-error a repeat has no item
    w.repeat("a", first, (r) => ({ output: r.item, until }), { maxRounds: 3 });
    w.repeat(
      "a",
      first,
      (r) => {
        const next = r.call("b", speak, { heard: r.previous });
        return { output: next, until: eq(settled(next).output.side, "up") };
      },
      { maxRounds: 3 },
    );
    return debate;
  });
}

const child = workflow(
  { name: "child", input: z.object({ day: tradingDate, mode: z.enum(["fast", "full"]).default("full") }) },
  (w) => ({ day: w.input.day, speech: optional(w.call("speak", speak, { heard: null })) }),
);
const plain = workflow({ name: "plain", input: z.object({ day: tradingDate }) }, (w) =>
  optional(w.call("speak", speak, { heard: null })),
);

export function childRuns() {
  workflow({ name: "parent", input }, (w) => {
    const run = w.run("run", child, { day: w.input.asOf });
    holds<Same<ValueIn<typeof run>, { day: string; speech: Speech | undefined }>>();
    const nothing = w.run("nothing", plain, { day: "2010-01-01" });
    holds<Same<ValueIn<typeof nothing>, Speech | null>>();
    w.run(
      "run",
      child,
      { day: w.input.asOf, mode: w.input.mode },
      { retry: { maxAttempts: 2 }, tags: ["x"] },
    );
    // @ts-expect-error a required part is missing
    w.run("run", child, { mode: "fast" });
    // @ts-expect-error a reference to a number where text is taken
    w.run("run", child, { day: w.input.cap });
    // @ts-expect-error text that the child does not take
    w.run("run", child, { day: w.input.asOf, mode: "slow" });
    // @ts-expect-error a part that the child does not take
    w.run("run", child, { day: w.input.asOf, days: 3 });
    // @ts-expect-error a workflow by name has no types: it must be the workflow
    w.run("run", "child", { day: w.input.asOf });
    // @ts-expect-error a function is called, not run
    w.run("run", speak, { heard: null });
    // @ts-expect-error child runs take no slots: their own steps do
    w.run("run", child, { day: w.input.asOf }, { pool: "slow" });
    return run.speech.side;
  });
}

export function waits() {
  workflow({ name: "waits", input }, (w) => {
    const approval = w.approve("approve", { shown: w.input.asOf, why: ["x"] });
    holds<Same<ValueIn<typeof approval>, { approved: boolean; by: string | null; comment: string | null }>>();
    w.approve("approve", null, { timeoutMs: 1, default: "approve", onReject: "continue", after: [approval] });
    // @ts-expect-error a verdict that there is not
    w.approve("approve", null, { timeoutMs: 1, default: "maybe" });
    // @ts-expect-error nobody retries a person
    w.approve("approve", null, { retry: {} });
    // @ts-expect-error what is shown is data
    w.approve("approve", () => 1);

    const filled = w.waitFor("filled", { signal: "order-filled", schema: speech, key: w.input.order });
    holds<Same<ValueIn<typeof filled>, Speech>>();
    holds<Same<ValueIn<typeof filled.side>, "up" | "down">>();
    w.waitFor("filled", { signal: "s", schema: speech, key: 3, timeoutMs: 1, default: filled });
    // @ts-expect-error a default that is no payload
    w.waitFor("filled", { signal: "s", schema: speech, timeoutMs: 1, default: w.input.cap });
    // @ts-expect-error a key that is neither text nor a number
    w.waitFor("filled", { signal: "s", schema: speech, key: filled });
    // @ts-expect-error no schema
    w.waitFor("filled", { signal: "s" });
    // @ts-expect-error no signal
    w.waitFor("filled", { schema: speech });
    const some = w.waitFor("some", { signal: "s", schema: z.number().optional() });
    holds<Same<ValueIn<typeof some>, number | null>>();

    const slept = w.sleep("sleep", { durationMs: 3 }, { after: [approval], when: lt(filled.strength, 1) });
    holds<Same<ValueIn<typeof slept>, null>>();
    w.sleep("sleep", { durationMs: w.input.cap });
    w.sleep("sleep", { until: w.input.asOf });
    // @ts-expect-error a duration that is text
    w.sleep("sleep", { durationMs: w.input.asOf });
    // @ts-expect-error a moment is text with its offset
    w.sleep("sleep", { until: new Date() });
    // @ts-expect-error one of the two
    w.sleep("sleep", { durationMs: 1, until: "2026-01-31T21:00Z" });
    // @ts-expect-error neither
    w.sleep("sleep", {});
    // @ts-expect-error a duration has a unit
    w.sleep("sleep", 3);
    const unused: Ref<number> = filled.strength;
    return unused;
  });
}

export function options() {
  const work = { heartbeatTimeoutMs: 1, pool: "slow", priority: -3, cacheTtlMs: 1, tags: ["a"] };
  workflow({ name: "options", input, tags: ["nightly"] }, (w) => {
    w.call("a", speak, { heard: null }, { ...work, retry: { notOn: ["SYMBOL_UNKNOWN"] } });
    w.ask("b", ["x"], { subject: "IBM", asOf: w.input.asOf }, work);
    w.map("c", [1], (m) => m.item, { tags: ["a"] });
    // @ts-expect-error a map takes no slots
    w.map("c", [1], (m) => m.item, { pool: "slow" });
    // @ts-expect-error a priority is a number
    w.call("a", speak, { heard: null }, { priority: "high" });
    // @ts-expect-error a misspelt retry setting
    w.call("a", speak, { heard: null }, { retry: { notWhen: [] } });
    return 1;
  });
  // @ts-expect-error one tag is a list of one
  workflow({ name: "options", input, tags: "nightly" }, () => 1);
}
