import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { defaultRetry } from "@mycroft/engine";
import { z } from "zod";
import {
  and,
  at,
  defineAgent,
  defineFunction,
  eq,
  exists,
  ge,
  gt,
  isIn,
  le,
  lt,
  ne,
  not,
  optional,
  or,
  resolutionSchema,
  settled,
  symbol,
  tradingDate,
  workflow,
} from "./index.ts";
import { throwsCode } from "./testing/throws-code.ts";

const constructPortfolio = defineFunction({
  name: "construct-portfolio",
  version: "1.0.0",
  pure: true,
  input: z.object({ decisions: z.array(resolutionSchema), asOf: tradingDate, cap: z.number().default(0.4) }),
  output: z.object({ weights: z.record(z.string(), z.number()) }),
  run: ({ decisions, cap }) => {
    const held = decisions.filter((decision) => decision.lean?.side === "upper");
    const weight = Math.min(cap, 1 / Math.max(1, held.length));
    return { weights: Object.fromEntries(held.map(({ subject }) => [subject, weight])) };
  },
});

const double = defineFunction({
  name: "double",
  version: "1.0.0",
  input: z.object({ value: z.number(), note: z.string().optional() }),
  output: z.object({ value: z.number() }),
  run: ({ value }) => ({ value: 2 * value }),
});

const input = z.object({ asOf: tradingDate, universe: z.array(symbol).max(5_000) });

const committee = workflow(
  {
    name: "investment-committee",
    input: z.object({ asOf: tradingDate, universe: z.array(symbol).max(5_000) }),
  },
  (w) => {
    const decisions = w.map("companies", w.input.universe, (m) => {
      const opinions = m.ask("opinions", ["trend", "reversal", "technical", "macro"], {
        subject: m.item,
        asOf: w.input.asOf,
      });
      return m.resolve("decision", opinions, { policy: "linear-pool", quorum: 2 });
    });
    return w.call("portfolio", constructPortfolio, { decisions, asOf: w.input.asOf });
  },
);

const subject = { kind: "item", of: "companies", path: [] };
const asOf = { kind: "input", path: ["asOf"] };

describe("the committee of agents", () => {
  const { definition, plan } = committee;
  const [companies, portfolio] = definition.steps;
  assert(companies?.kind === "map" && portfolio?.kind === "call");

  it("maps over the companies and gives the decisions to the portfolio", () => {
    assert.deepEqual(
      definition.steps.map((step) => step.name),
      ["companies", "portfolio"],
    );
    assert.deepEqual(companies.over, { kind: "input", path: ["universe"] });
    assert.deepEqual(companies.output, { kind: "step", step: "decision", path: [] });
    assert.equal(companies.maxItems, 100_000);
    assert.deepEqual(portfolio.target, { kind: "function", name: "construct-portfolio" });
    assert.deepEqual(portfolio.input, {
      kind: "object",
      fields: { decisions: { kind: "step", step: "companies", path: [] }, asOf },
    });
    assert.deepEqual(definition.output, { kind: "step", step: "portfolio", path: [] });
  });

  it("asks each agent in a step of its own", () => {
    const askings = companies.steps.slice(0, 4);
    assert.deepEqual(
      askings.map((step) => step.kind === "call" && [step.name, step.target, step.input]),
      ["trend", "reversal", "technical", "macro"].map((name) => [
        `opinions.${name}`,
        { kind: "agent", name },
        { kind: "object", fields: { subject, asOf } },
      ]),
    );
  });

  it("resolves how each asking settled, so that a failed agent does not take the run down", () => {
    const decision = companies.steps[4];
    assert(decision?.kind === "resolve");
    assert.equal(decision.policy, "linear-pool");
    assert.equal(decision.trigger, undefined);
    assert.deepEqual(decision.input, {
      kind: "object",
      fields: {
        subject,
        asOf,
        horizonDays: { kind: "const", value: 28 },
        quorum: { kind: "const", value: 2 },
        views: {
          kind: "array",
          items: ["trend", "reversal", "technical", "macro"].map((agent) => ({
            kind: "object",
            fields: {
              agent: { kind: "const", value: agent },
              settled: { kind: "settled", step: `opinions.${agent}` },
            },
          })),
        },
      },
    });
  });

  it("states every schema as JSON Schema, without zod's own marks", () => {
    assert.deepEqual(definition.input["required"], ["asOf", "universe"]);
    assert.deepEqual(portfolio.inputSchema?.["required"], ["decisions", "asOf"], "cap has a default");
    assert.deepEqual(portfolio.outputSchema?.["required"], ["weights"]);
    assert.deepEqual(JSON.parse(JSON.stringify(definition)), definition);
    assert(!JSON.stringify(definition).includes("$schema"));
  });

  it("compiles to a plan whose hash is that of its content", () => {
    const again = workflow({ name: "investment-committee", input }, (w) => {
      const decisions = w.map("companies", w.input.universe, (m) => {
        const agents = ["trend", "reversal", "technical", "macro"];
        const opinions = m.ask("opinions", agents, { subject: m.item, asOf: w.input.asOf });
        return m.resolve("decision", opinions, { policy: "linear-pool", quorum: 2 });
      });
      return w.call("portfolio", constructPortfolio, { decisions, asOf: w.input.asOf });
    });
    const other = workflow({ name: "investment-committee", input }, (w) => w.input.universe);
    assert.match(plan.hash, /^[0-9a-f]{64}$/);
    assert.equal(again.plan.hash, plan.hash);
    assert.notEqual(other.plan.hash, plan.hash);
  });

  it("brings along the functions that it calls", () => {
    assert.deepEqual(committee.functions, [constructPortfolio]);
    assert.deepEqual(committee.agents, []);
  });
});

describe("parseInput", () => {
  const withDefaults = workflow(
    { name: "defaults", input: input.extend({ mode: z.enum(["fast", "full"]).default("full") }) },
    (w) => w.input.mode,
  );

  it("fills defaults in, and steps see them as given", () => {
    const parsed = withDefaults.parseInput({ asOf: "2010-03-01", universe: ["AAPL"] });
    assert.deepEqual(parsed, { asOf: "2010-03-01", universe: ["AAPL"], mode: "full" });
    assert.deepEqual(withDefaults.definition.input["required"], ["asOf", "universe", "mode"]);
  });

  it("P7 names field, value and limit", () => {
    const tooMany = Array.from({ length: 5_001 }, () => "AAPL");
    const error = throwsCode("INPUT_INVALID", /universe: .*5000.*\(it is a list of 5001\)/, () =>
      committee.parseInput({ asOf: "2010-03-01", universe: tooMany }),
    );
    assert.equal(error.details?.["field"], "universe");
    assert.equal(error.details?.["limit"], 5_000);
  });

  it("P7 names the place inside a list", () => {
    const error = throwsCode("INPUT_INVALID", /universe\[1\]: a symbol is .*\(it is "aapl"\)/, () =>
      committee.parseInput({ asOf: "2010-03-01", universe: ["IBM", "aapl"] }),
    );
    assert.equal(error.details?.["field"], "universe[1]");
  });

  for (const given of [null, undefined, [], "x", {}, { asOf: "2010-02-30", universe: [] }, { asOf: 1 }]) {
    it(`P7 refuses ${JSON.stringify(given)}`, () => {
      throwsCode("INPUT_INVALID", /^The input of workflow "investment-committee" is wrong: /, () =>
        committee.parseInput(given),
      );
    });
  }
});

describe("steps and their options", () => {
  it("writes what is given and nothing else", () => {
    const built = workflow({ name: "options", input, timeoutMs: 60_000, description: "Options." }, (w) => {
      const first = w.call("first", double, { value: 1, note: undefined });
      const opinions = w.ask("ask", ["a", "b"], { subject: "IBM", asOf: w.input.asOf }, { timeoutMs: 5_000 });
      return w.call(
        "last",
        double,
        { value: 3 },
        { after: [first, opinions], trigger: "allDone", retry: { maxAttempts: 1 }, timeoutMs: 10 },
      );
    });
    const [first, ask, , last] = built.definition.steps;
    assert(first?.kind === "call" && ask?.kind === "call" && last?.kind === "call");
    assert.deepEqual(first.input, { kind: "const", value: { value: 1 } });
    assert.deepEqual(Object.keys(first).sort(), [
      "input",
      "inputSchema",
      "kind",
      "name",
      "outputSchema",
      "target",
    ]);
    assert.equal(ask.timeoutMs, 5_000);
    assert.deepEqual(last.after, ["first", "ask.a", "ask.b"]);
    assert.equal(last.trigger, "allDone");
    assert.deepEqual(last.retry, { ...defaultRetry, maxAttempts: 1 });
    assert.equal(last.timeoutMs, 10);
    assert.equal(built.definition.timeoutMs, 60_000);
    assert.equal(built.description, "Options.");
  });

  it("states conditions as data", () => {
    const schema = z.object({
      mode: z.string(),
      n: z.number(),
      list: z.array(z.string()),
      note: z.string().optional(),
    });
    const built = workflow({ name: "conditions", input: schema }, (w) => {
      const { mode, n, list, note } = w.input;
      const orders = or(lt(n, 1), le(n, 2), gt(n, 3), ge(n, 4));
      const when = and(
        eq(mode, "fast"),
        ne(mode, note),
        isIn(mode, list),
        isIn(mode, ["a"]),
        not(exists(note)),
        orders,
      );
      return w.call("only", double, { value: n }, { when });
    });
    const from = (name: string) => ({ kind: "input", path: [name] });
    const value = (of: unknown) => ({ kind: "const", value: of });
    assert.deepEqual(built.definition.steps[0]?.when, {
      op: "and",
      all: [
        { op: "eq", left: from("mode"), right: value("fast") },
        { op: "ne", left: from("mode"), right: from("note") },
        { op: "in", left: from("mode"), right: from("list") },
        { op: "in", left: from("mode"), right: value(["a"]) },
        { op: "not", condition: { op: "exists", value: from("note") } },
        {
          op: "or",
          all: [
            { op: "lt", left: from("n"), right: value(1) },
            { op: "le", left: from("n"), right: value(2) },
            { op: "gt", left: from("n"), right: value(3) },
            { op: "ge", left: from("n"), right: value(4) },
          ],
        },
      ],
    });
  });

  it("nests maps, and a body sees what is around it", () => {
    const built = workflow({ name: "nested", input }, (w) => {
      const first = w.call("first", double, { value: 1 });
      return w.map("outer", w.input.universe, (outer) => {
        const pairs = outer.map(
          "inner",
          [1, 2],
          (inner) => [outer.item, inner.item, outer.index, inner.index, first.value],
          { maxItems: 2, maxFailedItems: 1 },
        );
        return { pairs, label: "pairs" };
      });
    });
    const outer = built.definition.steps[1];
    assert(outer?.kind === "map");
    const inner = outer.steps[0];
    assert(inner?.kind === "map");
    assert.deepEqual(inner.over, { kind: "const", value: [1, 2] });
    assert.deepEqual([inner.maxItems, inner.maxFailedItems], [2, 1]);
    assert.deepEqual(inner.output, {
      kind: "array",
      items: [
        { kind: "item", of: "outer", path: [] },
        { kind: "item", of: "inner", path: [] },
        { kind: "index", of: "outer" },
        { kind: "index", of: "inner" },
        { kind: "step", step: "first", path: ["value"] },
      ],
    });
    assert.deepEqual(outer.output, {
      kind: "object",
      fields: {
        pairs: { kind: "step", step: "inner", path: [] },
        label: { kind: "const", value: "pairs" },
      },
    });
  });

  it("reads items, records, steps that may be absent, and how steps settled", () => {
    const totals = defineFunction({
      name: "totals",
      version: "1",
      input: z.object({
        first: z.string().optional(),
        views: z.array(z.unknown()).optional(),
        how: z.unknown(),
      }),
      output: z.object({ totals: z.record(z.string(), z.number()) }),
      run: () => ({ totals: {} }),
    });
    const built = workflow({ name: "reading", input }, (w) => {
      const opinions = w.ask("ask", ["a", "b"], { subject: "IBM", asOf: w.input.asOf });
      const step = w.call(
        "totals",
        totals,
        { first: at(w.input.universe, 0), views: optional(opinions), how: settled(opinions) },
        { trigger: "allDone" },
      );
      return [at(step.totals, "IBM"), at(opinions, 1), settled(step), optional(step).totals];
    });
    const step = built.definition.steps[2];
    assert(step?.kind === "call");
    assert.deepEqual(step.input, {
      kind: "object",
      fields: {
        first: { kind: "input", path: ["universe", 0] },
        views: {
          kind: "array",
          items: ["a", "b"].map((name) => ({ kind: "step", step: `ask.${name}`, path: [] })),
        },
        how: { kind: "array", items: ["a", "b"].map((name) => ({ kind: "settled", step: `ask.${name}` })) },
      },
    });
    assert.deepEqual(built.definition.output, {
      kind: "array",
      items: [
        { kind: "step", step: "totals", path: ["totals", "IBM"] },
        { kind: "step", step: "ask.b", path: [] },
        { kind: "settled", step: "totals" },
        { kind: "step", step: "totals", path: ["totals"] },
      ],
    });
  });

  it("takes agents by name or as definitions, which it brings along", () => {
    const opinion = () => ({ type: "abstention", reason: "none" }) as const;
    const agent = defineAgent({ name: "own", version: "1", capabilities: [], opinion });
    const built = workflow({ name: "own-agents", input }, (w) => {
      return w.ask("ask", ["other", agent], { subject: "IBM", asOf: w.input.asOf, horizonDays: 5 });
    });
    assert.deepEqual(built.agents, [agent]);
    assert.deepEqual(
      built.definition.steps.map((step) => step.name),
      ["ask.other", "ask.own"],
    );
  });
});
