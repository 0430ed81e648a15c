import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { policies as builtInPolicies } from "@mycroft/ensemble";
import { z } from "zod";
import {
  checkProject,
  defineAgent,
  defineConfig,
  defineFunction,
  type FunctionDefinition,
  type Policy,
  type ProjectConfig,
  tradingDate,
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
      data: null,
      folder: ".mycroft",
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
