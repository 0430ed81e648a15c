import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { policies as builtInPolicies } from "@mycroft/ensemble";
import { z } from "zod";
import {
  at,
  checkProject,
  defineAgent,
  defineConfig,
  defineFunction,
  eq,
  type FunctionDefinition,
  type Policy,
  type ProjectConfig,
  settled,
  tradingDate,
  type View,
  workflow,
} from "./index.ts";
import { throwsCode } from "./testing/throws-code.ts";

const trend = agentNamed("trend");
const macro = agentNamed("macro");
const count = functionNamed("count");

const committee = workflow({ name: "committee", input: z.object({ asOf: tradingDate }) }, (w) => {
  const rows = w.map("companies", ["AAPL", "IBM"], (m) => {
    const opinions = m.ask("opinions", ["trend", macro], { subject: m.item, asOf: w.input.asOf });
    return m.resolve("decision", opinions, { policy: "linear-pool", quorum: 1 });
  });
  return w.call("count", count, { rows });
});

const config: ProjectConfig = { workflows: [committee], agents: [trend] };

describe("defineConfig", () => {
  it("fills defaults in and adds what workflows bring along", () => {
    assert.deepEqual(defineConfig(config), {
      kind: "project",
      workflows: [committee],
      agents: [trend, macro],
      functions: [count],
      policies: [],
      schedules: [],
      pools: {},
      rateLimits: {},
      data: null,
      folder: ".mycroft",
      host: {},
      retentionDays: 365,
    });
  });

  it("keeps what is stated", () => {
    const policy = policyNamed("own");
    const data = { csv: ["prices.csv"], index: "^GSPC", symbol: "^GSPC", strict: true };
    const project = defineConfig({ ...config, policies: [policy], data, folder: "kept", retentionDays: 7 });
    assert.deepEqual(project.policies, [policy]);
    assert.deepEqual(project.data, data);
    assert.deepEqual([project.folder, project.retentionDays], ["kept", 7]);
    assert.equal(defineConfig({ ...config, data: "bundled" }).data, "bundled");
    const pools = { llm: { slots: 2 }, default: { slots: 9 } };
    const rateLimits = { trend: { calls: 3, perMs: 60_000 } };
    const limited = defineConfig({ ...config, pools, rateLimits });
    assert.deepEqual([limited.pools, limited.rateLimits], [pools, rateLimits]);
    const own = {
      hash: "h",
      source: "s",
      firstDate: "a",
      lastDate: "b",
      asOf: () => assert.fail("not read"),
    };
    assert.equal(defineConfig({ ...config, data: own }).data, own);
  });

  it("takes the same definition twice", () => {
    const project = defineConfig({ ...config, agents: [trend, trend, macro], functions: [count] });
    assert.deepEqual(project.agents, [trend, macro]);
    assert.deepEqual(project.functions, [count]);
  });

  const bad: readonly (readonly [string, unknown, RegExp])[] = [
    ["nothing", undefined, /The configuration is wrong/],
    ["a list", [], /The configuration is wrong/],
    ["no workflows", {}, /workflows: .*\(it is missing\)/],
    ["an unknown setting", { ...config, agent: [] }, /"agent"/],
    ["an agent as workflow", { workflows: [trend] }, /workflows\[0\] is something else and not a workflow/],
    [
      "a workflow that was not built",
      { workflows: [committee, () => 1] },
      /workflows\[1\] is a function and not/,
    ],
    [
      "null among the agents",
      { ...config, agents: [null] },
      /agents\[0\] is something else and not an agent/,
    ],
    ["a name among the agents", { ...config, agents: ["trend"] }, /agents\[0\] is a string and not an agent/],
    [
      "an agent as function",
      { ...config, functions: [trend] },
      /functions\[0\] is something else and not a function/,
    ],
    [
      "a name among the policies",
      { ...config, policies: ["p"] },
      /policies\[0\] is a string and not a policy/,
    ],
    [
      "two agents of one name",
      { ...config, agents: [trend, agentNamed("macro")] },
      /agents .* named "macro"/,
    ],
    [
      "two functions of one name",
      { ...config, functions: [functionNamed("count")] },
      /functions .* named "count"/,
    ],
    [
      "two workflows of one name",
      { workflows: [committee, { ...committee }] },
      /workflows .* named "committee"/,
    ],
    [
      "a built-in policy's name",
      { ...config, policies: [policyNamed("linear-pool")] },
      /policies .* "linear-pool"/,
    ],
    ["unknown data", { ...config, data: "prices.csv" }, /data must be "bundled", .*\(it is "prices.csv"\)/],
    ["no CSV file", { ...config, data: { csv: [] } }, /data\.csv: .*\(it is a list of 0\)/],
    ["a misspelt data setting", { ...config, data: { csv: ["a"], sybol: "x" } }, /data/],
    ["a retention of no days", { ...config, retentionDays: 0 }, /retentionDays: .*>=1 \(it is 0\)/],
    ["a pool without slots", { ...config, pools: { llm: {} } }, /pools\.llm\.slots: .*\(it is missing\)/],
    [
      "a pool of no slots",
      { ...config, pools: { llm: { slots: 0 } } },
      /pools\.llm\.slots: .*>=1 \(it is 0\)/,
    ],
    ["too many slots", { ...config, pools: { llm: { slots: 1e6 } } }, /pools\.llm\.slots: .*<=100000/],
    [
      "a pool's name that is none",
      { ...config, pools: { "a b": { slots: 1 } } },
      /pools\.a b: .*Invalid key/,
    ],
    ["a misspelt pool setting", { ...config, pools: { llm: { slots: 1, slot: 1 } } }, /pools\.llm: .*"slot"/],
    ["pools as a list", { ...config, pools: ["llm"] }, /pools: .*\(it is a list of 1\)/],
    [
      "a rate limit of no calls",
      { ...config, rateLimits: { trend: { calls: 0, perMs: 1 } } },
      /rateLimits\.trend\.calls: .*>=1 \(it is 0\)/,
    ],
    [
      "a rate limit over no time",
      { ...config, rateLimits: { trend: { calls: 1, perMs: 0.5 } } },
      /rateLimits\.trend\.perMs/,
    ],
    ["an empty folder", { ...config, folder: "" }, /folder: .*\(it is ""\)/],
  ];
  for (const [what, value, message] of bad) {
    it(`P7 refuses ${what}`, () => {
      throwsCode("CONFIG_INVALID", message, () => defineConfig(value as ProjectConfig));
    });
  }
});

describe("checkProject", () => {
  it("accepts a project that is complete", () => {
    checkProject(defineConfig(config));
  });

  it("names workflow, step and the agents that exist", () => {
    const error = throwsCode(
      "PLAN_UNKNOWN_TARGET",
      /^Workflow "committee", step "opinions\.trend": there is no agent named "trend"; there are macro\.$/,
      () => checkProject(defineConfig({ workflows: [committee] })),
    );
    const { workflow: of, step, kind, name, known } = error.details ?? {};
    assert.deepEqual(
      [of, step, kind, name, known],
      ["committee", "opinions.trend", "agent", "trend", ["macro"]],
    );
  });

  it("names a function that is missing", () => {
    const project = { ...defineConfig(config), functions: [] };
    throwsCode(
      "PLAN_UNKNOWN_TARGET",
      /step "count": .* no function named "count"; there is none at all/,
      () => checkProject(project),
    );
  });

  it("names a policy that is missing, and knows the built-in ones", () => {
    const resolving = (policy: string | Policy) =>
      workflow({ name: "resolving", input: z.object({ asOf: tradingDate }) }, (w) => {
        const opinions = w.ask("ask", [trend], { subject: "IBM", asOf: w.input.asOf });
        return w.resolve("decision", opinions, { policy, quorum: 1 });
      });
    for (const { name } of builtInPolicies) checkProject(defineConfig({ workflows: [resolving(name)] }));
    checkProject(defineConfig({ workflows: [resolving(policyNamed("own"))] }));
    checkProject(defineConfig({ workflows: [resolving("own")], policies: [policyNamed("own")] }));
    throwsCode(
      "PLAN_UNKNOWN_TARGET",
      /step "decision": .* no policy named "own"; there are .*linear-pool/,
      () => checkProject(defineConfig({ workflows: [resolving("own")] })),
    );
  });

  it("looks at child runs, which need not be in the list, like at the workflows that start them", () => {
    const inner = workflow({ name: "inner", input: z.object({ asOf: tradingDate }) }, (w) =>
      w.repeat(
        "rounds",
        [] as View[],
        (r) => {
          const opinions = r.ask("ask", ["trend", macro], { subject: "IBM", asOf: w.input.asOf });
          return { output: opinions, until: eq(at(settled(opinions), 0).status, "succeeded") };
        },
        { maxRounds: 2 },
      ),
    );
    const outer = workflow({ name: "outer", input: z.object({ asOf: tradingDate }) }, (w) => {
      w.approve("approve", null);
      w.waitFor("wait", { signal: "go", schema: z.null() });
      w.sleep("sleep", { durationMs: 1 });
      return w.map("each", [1], (m) => m.run("run", inner, w.input));
    });
    const project = defineConfig({ workflows: [outer], agents: [trend] });
    assert.deepEqual(project.agents, [trend, macro]);
    assert.deepEqual(project.workflows, [outer]);
    checkProject(project);
    throwsCode(
      "PLAN_UNKNOWN_TARGET",
      /^Workflow "inner", step "ask\.trend": there is no agent named "trend"; there are macro\.$/,
      () => checkProject(defineConfig({ workflows: [outer] })),
    );
  });

  it("names a pool that is missing, and the pools that exist", () => {
    const inPool = (pool: string) =>
      workflow({ name: "pooled", input: z.object({ asOf: tradingDate }) }, (w) => {
        const opinions = w.ask("ask", [trend], { subject: "IBM", asOf: w.input.asOf }, { pool });
        return w.map("each", [1], (m) => m.call("count", count, { rows: [opinions] }, { pool }));
      });
    const pools = { llm: { slots: 2 } };
    checkProject(defineConfig({ workflows: [inPool("default")] }));
    checkProject(defineConfig({ workflows: [inPool("llm")], pools }));
    const error = throwsCode(
      "POOL_UNKNOWN",
      /^Workflow "pooled", step "ask\.trend": there is no pool named "lmm"; there are default, llm\.$/,
      () => checkProject(defineConfig({ workflows: [inPool("lmm")], pools })),
    );
    assert.deepEqual(error.details, {
      workflow: "pooled",
      step: "ask.trend",
      kind: "pool",
      name: "lmm",
      known: ["default", "llm"],
    });
  });

  it("names an agent that has a rate limit and is not there", () => {
    const rateLimits = { macro: { calls: 1, perMs: 1 }, trent: { calls: 1, perMs: 1 } };
    throwsCode(
      "CONFIG_INVALID",
      /^The configuration is wrong: rateLimits: there is no agent named "trent"; there are macro, trend\.$/,
      () => checkProject(defineConfig({ ...config, rateLimits })),
    );
  });
});

function agentNamed(name: string) {
  return defineAgent({
    name,
    version: "1",
    capabilities: [],
    opinion: () => ({ type: "abstention", reason: "x" }),
  });
}

function functionNamed(name: string): FunctionDefinition {
  return defineFunction({
    name,
    version: "1",
    input: z.object({ rows: z.array(z.unknown()) }),
    output: z.number(),
    run: ({ rows }) => rows.length,
  });
}

function policyNamed(name: string): Policy {
  const [policy] = builtInPolicies;
  assert(policy);
  return { ...policy, name };
}
