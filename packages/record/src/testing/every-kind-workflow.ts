/** A workflow with the kinds of steps that the sample has not: rounds, a child run, a verdict, a signal, a sleep. */
import { defineFunction, eq, settled, workflow } from "@mycroft/sdk";
import { z } from "zod";

const speech = z.object({ side: z.enum(["up", "down"]) });
type Speech = z.infer<typeof speech>;

const speak = defineFunction({
  name: "speak",
  version: "1.0.0",
  input: z.object({ heard: speech.nullable(), round: z.number() }),
  output: speech,
  run: () => ({ side: "up" as const }),
});

const place = defineFunction({
  name: "place-order",
  version: "1.0.0",
  input: z.object({ side: z.string(), order: z.string() }),
  output: z.object({ placed: z.boolean() }),
  run: () => ({ placed: true }),
});

export const placeOrder = workflow(
  { name: "place-order", input: z.object({ side: z.string(), order: z.string() }) },
  (w) => w.call("place", place, w.input),
);

export const everyKind = workflow(
  { name: "every-kind", input: z.object({ order: z.string() }), tags: ["nightly", "demo"] },
  (w) => {
    const debate = w.repeat(
      "debate",
      { first: null as Speech | null, second: null as Speech | null },
      (r) => {
        const options = { pool: "llm", priority: 5, tags: ["voice"] };
        const first = r.call("first", speak, { heard: r.previous.second, round: r.round }, options);
        const second = r.call("second", speak, { heard: r.previous.first, round: r.round });
        return { output: { first, second }, until: eq(first.side, second.side) };
      },
      { maxRounds: 3, atMaxRounds: "fail" },
    );
    const review = w.approve(
      "review",
      { side: debate.first.side, order: w.input.order },
      { timeoutMs: 7_200_000, default: "approve", onReject: "continue", tags: ["desk"] },
    );
    const placed = w.run(
      "placing",
      placeOrder,
      { side: debate.first.side, order: w.input.order },
      { when: eq(review.approved, true), retry: { maxAttempts: 2, jitter: 0, notOn: ["TASK_CANCELLED"] } },
    );
    const filled = w.waitFor("filled", {
      signal: "order-filled",
      schema: z.object({ price: z.number() }),
      key: w.input.order,
      timeoutMs: 60_000,
      after: [placed],
    });
    const pause = w.sleep("pause", { durationMs: 1_500 }, { after: [filled], trigger: "allDone" });
    w.sleep("open", { until: "2026-01-06T09:30-05:00" }, { after: [pause] });
    const how = settled(filled);
    w.call(
      "note",
      speak,
      { heard: null, round: 0 },
      {
        when: eq(how.status, "failed"),
        trigger: "allDone",
        timeoutMs: 30_000,
        heartbeatTimeoutMs: 5_000,
        cacheTtlMs: 3_600_000,
      },
    );
    return { by: review.by, price: filled.price };
  },
);
