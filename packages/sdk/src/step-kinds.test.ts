/** What the builder's methods for rounds, child runs and waits write into a definition. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compile, defaultChildRetry, defaultRetry, planLimits } from "@mycroft/engine";
import { policies as builtInPolicies, defaultPolicyName } from "@mycroft/ensemble";
import { z } from "zod";
import { defineAgent, defineFunction, eq, gt, tradingDate, workflow } from "./index.ts";

const input = z.object({ asOf: tradingDate, cap: z.number() });
const double = defineFunction({
  name: "double",
  version: "1",
  input: z.object({ value: z.number() }),
  output: z.object({ value: z.number() }),
  run: ({ value }) => ({ value: 2 * value }),
});
const agent = defineAgent({
  name: "own",
  version: "1",
  capabilities: [],
  opinion: () => ({ type: "abstention", reason: "none" }),
});
const [policy] = builtInPolicies;
assert(policy);

const fromInput = (name: string) => ({ kind: "input", path: [name] });
const constant = (value: unknown) => ({ kind: "const", value });

describe("repeat", () => {
  it("writes what it begins with, its rounds' steps, what they give and when they end", () => {
    const { definition } = workflow({ name: "repeats", input }, (w) =>
      w.repeat(
        "grow",
        { value: 1, cap: w.input.cap },
        (r) => {
          const { value } = r.call("double", double, { value: r.previous.value });
          const inner = r.repeat(
            "inner",
            r.round,
            (s) => {
              const doubled = s.call("again", double, { value: s.previous });
              return { output: doubled.value, until: gt(doubled.value, r.round) };
            },
            { maxRounds: 2 },
          );
          return { output: { value, cap: inner }, until: gt(value, r.previous.cap) };
        },
        { maxRounds: 10, atMaxRounds: "fail", when: eq(w.input.cap, 3), tags: ["b", "a"] },
      ),
    );
    const [grow] = definition.steps;
    assert(grow?.kind === "repeat");
    const { steps, ...rest } = grow;
    const value = { kind: "step", step: "double", path: ["value"] };
    assert.deepEqual(rest, {
      name: "grow",
      kind: "repeat",
      when: { op: "eq", left: fromInput("cap"), right: constant(3) },
      tags: ["b", "a"],
      initial: { kind: "object", fields: { value: constant(1), cap: fromInput("cap") } },
      maxRounds: 10,
      atMaxRounds: "fail",
      until: { op: "gt", left: value, right: { kind: "item", of: "grow", path: ["cap"] } },
      output: { kind: "object", fields: { value, cap: { kind: "step", step: "inner", path: [] } } },
    });
    const inner = steps[1];
    assert(inner?.kind === "repeat");
    assert.deepEqual(inner.initial, { kind: "index", of: "grow" });
    assert.deepEqual(inner.until, {
      op: "gt",
      left: { kind: "step", step: "again", path: ["value"] },
      right: { kind: "index", of: "grow" },
    });
    assert.deepEqual(Object.keys(inner).sort(), [
      "initial",
      "kind",
      "maxRounds",
      "name",
      "output",
      "steps",
      "until",
    ]);
  });
});

describe("run", () => {
  const grandchild = workflow({ name: "grandchild", input: z.object({ value: z.number() }) }, (w) => {
    const opinions = w.ask("ask", [agent], { subject: "IBM", asOf: "2010-03-01" });
    const own = { ...policy, name: "own-policy" };
    return { resolved: w.resolve("resolve", opinions, { policy: own, quorum: 1 }), was: w.input.value };
  });
  const child = workflow({ name: "child", input: z.object({ n: z.number().default(5) }) }, (w) => {
    const { value } = w.call("double", double, { value: w.input.n });
    return { value, below: w.run("deeper", grandchild, { value }).was, list: [1, "x"] };
  });
  const parent = workflow({ name: "parent", input }, (w) => [
    w.run("first", child, { n: w.input.cap }),
    w.map("each", [1, 2], (m) => m.run("second", child, { n: m.item }, { retry: { maxAttempts: 4 } })),
    w.run("third", grandchild, { value: 1 }).was,
  ]);

  it("pins the child's plan, with the types of what it takes and gives", () => {
    const [first, each] = parent.definition.steps;
    assert.deepEqual(first, {
      name: "first",
      kind: "run",
      workflow: "child",
      plan: child.plan.hash,
      input: { kind: "object", fields: { n: fromInput("cap") } },
      inputSchema: child.plan.workflow.input,
      outputSchema: {
        type: "object",
        properties: {
          value: { type: "number" },
          below: { type: "number" },
          list: { const: [1, "x"] },
        },
        required: ["value", "below", "list"],
        additionalProperties: false,
      },
    });
    const second = each?.kind === "map" ? each.steps[0] : undefined;
    assert(second?.kind === "run");
    assert.deepEqual(second.retry, { ...defaultRetry, maxAttempts: 4 });
    assert.equal(defaultChildRetry.maxAttempts, 1);
  });

  it("is another plan when the child is another", () => {
    const make = (add: number) => {
      const inner = workflow({ name: "inner", input }, (w) => [w.input.cap, add]);
      return workflow({ name: "outer", input }, (w) => w.run("run", inner, w.input)).plan.hash;
    };
    assert.equal(make(1), make(1));
    assert.notEqual(make(1), make(2));
  });

  it("brings along every plan once, its own first, and what child runs call", () => {
    assert.deepEqual(parent.plans, [parent.plan, child.plan, grandchild.plan]);
    assert.deepEqual(child.plans, [child.plan, grandchild.plan]);
    assert.deepEqual(grandchild.plans, [grandchild.plan]);
    assert.deepEqual(parent.agents, [agent]);
    assert.deepEqual(parent.functions, [double]);
    assert.deepEqual(
      parent.policies.map(({ name }) => name),
      ["own-policy"],
    );
  });

  it("fills the child's defaults in, where it is known that nothing was given", () => {
    const inputOf = (given: { n?: number }) => {
      const { definition } = workflow({ name: "p", input }, (w) => w.run("run", child, given));
      const [step] = definition.steps;
      return step?.kind === "run" ? step.input : undefined;
    };
    assert.deepEqual(inputOf({}), constant({ n: 5 }));
    assert.deepEqual(inputOf({ n: 7 }), constant({ n: 7 }));
  });
});

describe("approve, waitFor and sleep", () => {
  it("write what is given and nothing else", () => {
    const { definition } = workflow({ name: "waits", input, tags: ["nightly"] }, (w) => {
      const first = w.approve("first", "Sell?");
      w.approve(
        "second",
        { cap: w.input.cap },
        { timeoutMs: 5, default: "approve", onReject: "continue", after: [first] },
      );
      w.waitFor("third", { signal: "go", schema: z.object({ n: z.number().default(1) }) });
      w.waitFor("fourth", {
        signal: "go",
        schema: z.number(),
        key: w.input.asOf,
        timeoutMs: 6,
        default: w.input.cap,
        trigger: "allDone",
      });
      w.sleep("fifth", { durationMs: w.input.cap });
      return w.sleep("sixth", { until: "2026-01-31T16:00:00-05:00" }, { tags: ["t"] });
    });
    assert.deepEqual(definition.tags, ["nightly"]);
    assert.deepEqual(definition.steps, [
      { name: "first", kind: "approve", input: constant("Sell?") },
      {
        name: "second",
        kind: "approve",
        after: ["first"],
        input: { kind: "object", fields: { cap: fromInput("cap") } },
        timeoutMs: 5,
        default: "approve",
        onReject: "continue",
      },
      {
        name: "third",
        kind: "waitFor",
        signal: "go",
        outputSchema: {
          type: "object",
          properties: { n: { type: "number", default: 1 } },
          required: ["n"],
          additionalProperties: false,
        },
      },
      {
        name: "fourth",
        kind: "waitFor",
        trigger: "allDone",
        signal: "go",
        outputSchema: { type: "number" },
        key: fromInput("asOf"),
        timeoutMs: 6,
        default: fromInput("cap"),
      },
      { name: "fifth", kind: "sleep", durationMs: fromInput("cap") },
      { name: "sixth", kind: "sleep", tags: ["t"], until: constant("2026-01-31T16:00:00-05:00") },
    ]);
  });

  it("take any time up to the limit", () => {
    for (const durationMs of [0, 0.5, planLimits.durationMs]) {
      workflow({ name: "sleeps", input }, (w) => w.sleep("sleep", { durationMs }));
    }
    for (const until of ["2026-01-31T21:00Z", "2026-01-31T16:00:00.123-05:00"]) {
      workflow({ name: "sleeps", input }, (w) => w.sleep("sleep", { until }));
    }
  });
});

describe("the options of attempts", () => {
  it("are written as they are given, for calls, asks and resolutions", () => {
    const work = { heartbeatTimeoutMs: 1, pool: "slow", priority: -3, cacheTtlMs: 2, tags: ["a"] };
    const retry = { notOn: ["SYMBOL_UNKNOWN"] };
    const { definition } = workflow({ name: "options", input }, (w) => {
      w.call("call", double, { value: 1 }, { ...work, retry });
      const opinions = w.ask("ask", ["x"], { subject: "IBM", asOf: w.input.asOf }, { ...work, retry });
      return w.resolve("resolve", opinions, { policy: "linear-pool", quorum: 1, ...work, retry });
    });
    for (const step of definition.steps) {
      assert(step.kind === "call" || step.kind === "resolve");
      const { heartbeatTimeoutMs, pool, priority, cacheTtlMs, tags } = step;
      assert.deepEqual({ heartbeatTimeoutMs, pool, priority, cacheTtlMs, tags }, work);
      assert.deepEqual(step.retry, { ...defaultRetry, ...retry });
    }
    assert.equal(compile(definition).hash, compile(compile(definition).workflow).hash);
  });

  it("resolve by the default policy unless they name one", () => {
    const { definition } = workflow({ name: "options", input }, (w) =>
      w.resolve("r", w.ask("a", ["x"], { subject: "IBM", asOf: w.input.asOf }), { quorum: 1 }),
    );
    const step = definition.steps.find(({ kind }) => kind === "resolve");
    assert(step?.kind === "resolve");
    assert.equal(step.policy, defaultPolicyName);
  });
});
