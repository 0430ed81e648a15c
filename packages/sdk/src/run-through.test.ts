/** That what a workflow states is what its steps are given in a run: the SDK and the engine together. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { apply, type Command, createRun, indexPlan, type JsonValue, type RunResult } from "@mycroft/engine";
import { z } from "zod";
import { at, defineFunction, eq, optional, symbol, tradingDate, type Workflow, workflow } from "./index.ts";

type Attempt = Extract<Command, { readonly type: "startAttempt" }>;

/** Runs a workflow to its end; `answer` gives the output of an attempt, or undefined for a failure. */
function runThrough(of: Workflow, input: JsonValue, answer: (attempt: Attempt) => JsonValue | undefined) {
  const run = createRun(indexPlan(of.plan), "run");
  const given = new Map<string, JsonValue>();
  const open: Command[] = [...apply(run, { type: "runStarted", at: 0, input })];
  for (let command = open.shift(); command !== undefined; command = open.shift()) {
    if (command.type !== "startAttempt") continue;
    const { task, attempt } = command;
    given.set(task, command.input);
    const output = answer(command);
    const error = { code: "AGENT_ANSWER_INVALID", message: "It failed.", retryable: false };
    open.push(
      ...apply(
        run,
        output === undefined
          ? { type: "attemptFailed", at: 1, task, attempt, error }
          : { type: "attemptSucceeded", at: 1, task, attempt, output },
      ),
    );
  }
  const result: RunResult | null = run.result;
  return { given, result };
}

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
  it("P7 tells the policy who failed, and the run goes on", () => {
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
    const { given, result } = runThrough(committee, input, ({ target }) => {
      return target.name === "macro" ? undefined : `${target.kind} ${target.name}`;
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

  it("E2 leaves out what a skipped step would have given, and what an optional input lacks", () => {
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
    const { given, result } = runThrough(branch, { mode: "full" }, ({ task }) => task);
    assert.deepEqual(
      [...given],
      [
        ["full", { list: [] }],
        ["join", { second: "full", list: [null, "full"] }],
      ],
    );
    assert.deepEqual(result, { status: "succeeded", output: "join" });
  });

  it("gives the body of a map its item and index, and counts lists from 0", () => {
    const rows = workflow({ name: "rows", input: z.object({ names: z.array(z.string()) }) }, (w) => {
      const mapped = w.map("each", w.input.names, (m) => ({ name: m.item, index: m.index }));
      return { mapped, first: at(w.input.names, 0), none: at(w.input.names, 9), fixed: { a: [1] } };
    });
    const { result } = runThrough(rows, { names: ["x", "y"] }, () => undefined);
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
