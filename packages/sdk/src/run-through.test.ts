/** That what a workflow states is what its steps are given in a run: the SDK and the engine together. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { z } from "zod";
import { at, defineFunction, eq, optional, symbol, tradingDate, workflow } from "./index.ts";
import { runThrough } from "./testing/run-through.ts";

const echo = defineFunction({
  name: "echo",
  version: "1",
  input: z.object({
    first: z.string().optional(),
    second: z.string().optional(),
    list: z.array(z.string().nullable()),
  }),
  output: z.string(),
  run: () => "x",
});

describe("a run of what was authored", () => {
  it("P7 tells the policy who failed, and the run goes on", async () => {
    const committee = workflow(
      { name: "committee", input: z.object({ asOf: tradingDate, universe: z.array(symbol) }) },
      (w) =>
        w.map("companies", w.input.universe, (m) => {
          const question = { subject: m.item, asOf: w.input.asOf, horizonDays: 5, outcomes: ["down", "up"] };
          const opinions = m.ask("opinions", ["trend", "macro"], question);
          const settings = { weights: { trend: 2 } };
          return m.resolve("decision", opinions, { policy: "linear-pool", quorum: 1, settings });
        }),
    );
    const input = { asOf: "2010-03-01", universe: ["AAPL", "IBM"] };
    const { given, result } = await runThrough(committee, input, {
      answer: ({ target }) => (target.name === "macro" ? undefined : `${target.kind} ${target.name}`),
    });
    assert.deepEqual(given.get("companies[1]/opinions.trend"), {
      subject: "IBM",
      asOf: "2010-03-01",
      horizonDays: 5,
      outcomes: ["down", "up"],
    });
    assert.deepEqual(given.get("companies[1]/decision"), {
      subject: "IBM",
      asOf: "2010-03-01",
      horizonDays: 5,
      outcomes: ["down", "up"],
      quorum: 1,
      settings: { weights: { trend: 2 } },
      views: [
        { agent: "trend", settled: { status: "succeeded", output: "agent trend" } },
        {
          agent: "macro",
          settled: {
            status: "failed",
            error: { code: "AGENT_ANSWER_INVALID", message: "It failed.", retryable: false },
          },
        },
      ],
    });
    assert.deepEqual(result, { status: "succeeded", output: ["policy linear-pool", "policy linear-pool"] });
  });

  it("E2 leaves out what a skipped step would have given, and what an optional input lacks", async () => {
    const branch = workflow(
      { name: "branch", input: z.object({ mode: z.string(), note: z.string().optional() }) },
      (w) => {
        const { mode, note } = w.input;
        const fast = w.call("fast", echo, { first: note, list: [] }, { when: eq(mode, "fast") });
        const full = w.call("full", echo, { list: [] }, { when: eq(mode, "full") });
        const both = {
          first: optional(fast),
          second: optional(full),
          list: [optional(fast), optional(full)],
        };
        return w.call("join", echo, both, { trigger: "noneFailed" });
      },
    );
    const { given, result } = await runThrough(branch, { mode: "full" }, { answer: ({ task }) => task });
    assert.deepEqual(
      [...given],
      [
        ["full", { list: [] }],
        ["join", { second: "full", list: [null, "full"] }],
      ],
    );
    assert.deepEqual(result, { status: "succeeded", output: "join" });
  });

  it("gives the body of a map its item and index, and counts lists from 0", async () => {
    const rows = workflow({ name: "rows", input: z.object({ names: z.array(z.string()) }) }, (w) => {
      const mapped = w.map("each", w.input.names, (m) => ({ name: m.item, index: m.index }));
      return { mapped, first: at(w.input.names, 0), none: at(w.input.names, 9), fixed: { a: [1] } };
    });
    const { result } = await runThrough(rows, { names: ["x", "y"] }, {});
    assert.deepEqual(result, {
      status: "succeeded",
      output: {
        mapped: [
          { name: "x", index: 0 },
          { name: "y", index: 1 },
        ],
        first: "x",
        fixed: { a: [1] },
      },
    });
  });
});
