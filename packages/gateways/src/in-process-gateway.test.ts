import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { JsonValue } from "@mycroft/engine";
import { policies } from "@mycroft/ensemble";
import { MycroftError } from "@mycroft/errors";
import { limits } from "@mycroft/protocol";
import type { AttemptControl, AttemptOutcome, AttemptRequest } from "@mycroft/runtime";
import {
  type AgentAnswer,
  type AgentDefinition,
  defineAgent,
  defineFunction,
  type MarketData,
  type MarketView,
} from "@mycroft/sdk";
import fc from "fast-check";
import { z } from "zod";
import { createInProcessGateway } from "./in-process-gateway.ts";

const asOf = "2010-02-26";
const opinion: AgentAnswer = { type: "opinion", probabilities: [0.2, 0.3, 0.5], rationale: "because" };
const attempt = {
  runId: "r",
  task: "t",
  step: "t",
  attempt: 1,
  timeoutMs: 1_000,
  heartbeatTimeoutMs: null,
  cacheTtlMs: null,
  idempotencyKey: "r/t",
};
const idleControl: AttemptControl = { signal: new AbortController().signal, heartbeat: () => {} };
const question = { subject: "IBM", asOf };

function agentThat(answer: () => unknown, name = "tested"): AgentDefinition {
  // An agent may answer anything at all: its author's compiler is not ours.
  return defineAgent({ name, version: "1.2.3", capabilities: [], opinion: () => answer() as AgentAnswer });
}

async function ask(agent: AgentDefinition, input: JsonValue = question): Promise<AttemptOutcome> {
  return execute({ kind: "agent", name: agent.name }, input, { agents: [agent] });
}

async function execute(
  target: AttemptRequest["target"],
  input: JsonValue,
  project: {
    agents?: readonly AgentDefinition[];
    functions?: readonly unknown[];
    market?: MarketData;
    control?: AttemptControl;
  } = {},
): Promise<AttemptOutcome> {
  const gateway = createInProcessGateway({
    agents: project.agents ?? [],
    functions: (project.functions ?? []) as [],
    policies,
    market: project.market ?? null,
  });
  return gateway.execute({ ...attempt, target, input, asOf }, project.control ?? idleControl);
}

function failed(outcome: AttemptOutcome) {
  assert.ok(!outcome.ok, "the attempt should have failed");
  return outcome.error;
}

describe("asking an agent", () => {
  it("completes an answer with who said it of what", async () => {
    const outcome = await ask(agentThat(() => opinion));
    assert.deepEqual(outcome, {
      ok: true,
      version: "1.2.3",
      output: {
        ...opinion,
        evidence: [],
        agent: "tested",
        version: "1.2.3",
        subject: "IBM",
        asOf,
        horizonDays: 28,
        outcomes: ["down", "flat", "up"],
      },
    });
  });

  it("passes an abstention on with its reason", async () => {
    const outcome = await ask(agentThat(() => ({ type: "abstention", reason: "too little history" })));
    assert.ok(outcome.ok);
    assert.deepEqual(outcome.output, {
      type: "abstention",
      reason: "too little history",
      agent: "tested",
      version: "1.2.3",
      subject: "IBM",
      asOf,
      horizonDays: 28,
    });
  });

  const badAnswers: readonly (readonly [string, unknown, RegExp])[] = [
    ["nothing", undefined, /answer of agent tested 1\.2\.3 on IBM/],
    ["NaN", { ...opinion, probabilities: [Number.NaN, 0.5, 0.5] }, /probabilities\[0\].*NaN/],
    ["a negative probability", { ...opinion, probabilities: [-0.1, 0.6, 0.5] }, /probabilities\[0\].*-0\.1/],
    ["a sum off one", { ...opinion, probabilities: [0.5, 0.5, 0.5] }, /probabilities.*add up to 1/],
    [
      "too few probabilities",
      { ...opinion, probabilities: [0.5, 0.5] },
      /probabilities.*2 for the 3 outcomes/,
    ],
    ["a text for a number", { ...opinion, probabilities: ["0.2", 0.3, 0.5] }, /probabilities\[0\]/],
    ["an unknown field", { ...opinion, edge: 1 }, /edge/],
    ["no rationale", { ...opinion, rationale: "" }, /rationale/],
    [
      "100 MB of rationale",
      { ...opinion, rationale: "x".repeat(100_000_000) },
      /rationale.*4000|rationale.*4,000/,
    ],
    [
      "a wrong date",
      { ...opinion, evidence: [{ name: "a", value: 1, date: "soon", source: "s" }] },
      /evidence\[0\]\.date/,
    ],
  ];
  for (const [name, answer, message] of badAnswers) {
    it(`P7 refuses ${name}, naming agent and field, and would not accept it on a retry`, async () => {
      const error = failed(await ask(agentThat(() => answer)));
      assert.equal(error.code, "AGENT_ANSWER_INVALID");
      assert.equal(error.retryable, false);
      assert.match(error.message, message);
      assert.ok(error.message.length < 1_000, "the message is short whatever the answer");
    });
  }

  it("P7 turns whatever an agent answers into an outcome", async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything({ withBigInt: true, withDate: true, withMap: true }), async (answer) => {
        const outcome = await ask(agentThat(() => answer));
        assert.ok(outcome.ok || outcome.error.code === "AGENT_ANSWER_INVALID");
      }),
      { numRuns: 200 },
    );
  });

  it("P7 turns whatever an agent throws into a failure that may be retried", async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (thrown) => {
        const error = failed(
          await ask(
            agentThat(() => {
              throw thrown;
            }),
          ),
        );
        assert.equal(error.code, "TASK_FAILED");
        assert.equal(error.retryable, true);
        JSON.stringify(error);
      }),
      { numRuns: 100 },
    );
  });

  it("P7 text that is no text is the agent's own failure, before it can reach the record", async () => {
    for (const answer of [
      { ...opinion, rationale: "half \ud800" },
      { type: "abstention", reason: "\udc00" },
    ]) {
      const error = failed(await ask(agentThat(() => answer)));
      assert.deepEqual([error.code, error.retryable], ["OUTPUT_NOT_JSON", false]);
      assert.match(error.message, /agent tested, field (?:rationale|reason),.*surrogate/u);
    }
  });

  it("P7 an agent that changes its request changes nothing of what it was asked", async () => {
    const vandal = defineAgent({
      name: "vandal",
      version: "1",
      capabilities: [],
      opinion: (request) => {
        Object.assign(request, { subject: "ZZZ", asOf: "2999-01-01", horizonDays: 1 });
        request.outcomes.length = 0;
        return opinion;
      },
    });
    const outcome = await ask(vandal);
    assert.ok(outcome.ok);
    const { subject, asOf: day, horizonDays, outcomes } = outcome.output as Record<string, unknown>;
    assert.deepEqual([subject, day, horizonDays, outcomes], ["IBM", asOf, 28, ["down", "flat", "up"]]);
  });

  it("keeps the code of a MycroftError, so that an agent can say that a retry is of no use", async () => {
    const error = failed(
      await ask(
        agentThat(() => {
          throw new MycroftError("SYMBOL_UNKNOWN", "no IBM here", {
            details: { symbol: "IBM", at: new Date(0) },
          });
        }),
      ),
    );
    assert.deepEqual(error, {
      code: "SYMBOL_UNKNOWN",
      message: "no IBM here",
      retryable: false,
      details: {},
    });
  });

  it("P5 refuses to ask an agent beyond the run's asOf", async () => {
    const error = failed(
      await ask(
        agentThat(() => opinion),
        { subject: "IBM", asOf: "2010-03-01" },
      ),
    );
    assert.equal(error.code, "LOOK_AHEAD");
  });

  it("P5 refuses an answer that rests on later data", async () => {
    const evidence = [{ name: "lastClose", value: 1, date: "2010-03-01", source: "the future" }];
    for (const answer of [
      { ...opinion, evidence },
      { ...opinion, dataAsOf: "2010-03-01" },
    ]) {
      assert.equal(failed(await ask(agentThat(() => answer))).code, "LOOK_AHEAD");
    }
  });

  it("P5 binds the market to the request's asOf", async () => {
    const asked: string[] = [];
    const view = {} as MarketView;
    const market: MarketData = {
      hash: "h",
      source: "s",
      firstDate: "2000-01-01",
      lastDate: "2020-01-01",
      asOf(date) {
        asked.push(date);
        return view;
      },
    };
    const agent = defineAgent({
      name: "tested",
      version: "1",
      capabilities: [],
      opinion: (_, context) => {
        assert.equal(context.market, view);
        return opinion;
      },
    });
    const past = { subject: "IBM", asOf: "2009-01-30" };
    assert.ok((await execute({ kind: "agent", name: "tested" }, past, { agents: [agent], market })).ok);
    assert.deepEqual(asked, ["2009-01-30"]);
  });
});

describe("calling a function", () => {
  const double = defineFunction({
    name: "double",
    version: "2",
    pure: true,
    input: z.object({ value: z.number() }),
    output: z.number(),
    run: ({ value }) => (value === 13 ? Number.NaN : value * 2),
  });

  it("checks input and output against their schemas", async () => {
    const call = (input: JsonValue) =>
      execute({ kind: "function", name: "double" }, input, { functions: [double] });
    assert.deepEqual(await call({ value: 21 }), { ok: true, output: 42, version: "2" });
    assert.equal(failed(await call({ value: "x" })).code, "INPUT_INVALID");
    assert.equal(failed(await call({ value: 13 })).code, "OUTPUT_INVALID");
  });

  const badOutputs: readonly (readonly [string, () => unknown, string])[] = [
    ["NaN deep inside", () => ({ list: [1, Number.NaN] }), "OUTPUT_NOT_JSON"],
    ["a date", () => ({ at: new Date(0) }), "OUTPUT_NOT_JSON"],
    ["a function", () => ({ call: () => 1 }), "OUTPUT_NOT_JSON"],
    [
      "a circle",
      () => {
        const circle: unknown[] = [];
        circle.push(circle);
        return circle;
      },
      "OUTPUT_NOT_JSON",
    ],
    ["too much", () => "x".repeat(limits.outputBytes + 1), "OUTPUT_TOO_LARGE"],
    ["an enormous empty array", () => new Array(4_000_000_000), "OUTPUT_TOO_LARGE"],
  ];
  for (const [name, output, code] of badOutputs) {
    it(`P7 refuses an output that is ${name}`, async () => {
      const any = defineFunction({ name: "any", version: "1", input: z.any(), output: z.any(), run: output });
      const error = failed(await execute({ kind: "function", name: "any" }, null, { functions: [any] }));
      assert.equal(error.code, code);
    });
  }

  it("keeps a function's hands off what it was given", async () => {
    const given = { list: [1, 2] };
    const greedy = defineFunction({
      name: "greedy",
      version: "1",
      input: z.any(),
      output: z.any(),
      run: (input) => input.list.splice(0),
    });
    assert.ok((await execute({ kind: "function", name: "greedy" }, given, { functions: [greedy] })).ok);
    assert.deepEqual(given, { list: [1, 2] });
  });

  it("lets a function ask agents, bound to the run's asOf", async () => {
    const asker = defineFunction({
      name: "asker",
      version: "1",
      input: z.string(),
      output: z.any(),
      run: (date, context) =>
        context.ask("tested", {
          subject: "IBM",
          asOf: date,
          horizonDays: 5,
          outcomes: ["down", "flat", "up"],
        }),
    });
    const project = { functions: [asker], agents: [agentThat(() => opinion)] };
    const call = (date: string) => execute({ kind: "function", name: "asker" }, date, project);
    assert.deepEqual(await call(asOf), { ok: true, version: "1", output: { ...opinion, evidence: [] } });
    assert.equal(failed(await call("2010-02-27")).code, "LOOK_AHEAD");
  });

  it("names what exists when a target does not", async () => {
    const error = failed(await execute({ kind: "function", name: "treble" }, null, { functions: [double] }));
    assert.equal(error.code, "FUNCTION_UNKNOWN");
    assert.match(error.message, /treble.*double/);
    assert.equal(failed(await execute({ kind: "agent", name: "nobody" }, null)).code, "AGENT_UNKNOWN");
    assert.equal(failed(await execute({ kind: "policy", name: "none" }, null)).code, "POLICY_UNKNOWN");
  });
});

describe("staying in touch with the worker", () => {
  /** A control that says what was asked of it. */
  function watchedControl() {
    const controller = new AbortController();
    const asked = { signals: 0, heartbeats: 0 };
    const control: AttemptControl = {
      get signal() {
        asked.signals += 1;
        return controller.signal;
      },
      heartbeat() {
        assert.equal(this, control, "it is called on the control, wherever it was handed");
        asked.heartbeats += 1;
      },
    };
    return { control, controller, asked };
  }

  it("asks for the signal only when an agent or function does", async () => {
    const { control, asked } = watchedControl();
    const silent = agentThat(() => opinion);
    assert.ok((await execute({ kind: "agent", name: "tested" }, question, { agents: [silent], control })).ok);
    assert.equal(asked.signals, 0);
  });

  it("gives agents and functions, and the agents that functions ask, a heartbeat and the signal", async () => {
    const { control, controller, asked } = watchedControl();
    const agent = defineAgent({
      name: "tested",
      version: "1",
      capabilities: [],
      opinion: (_, { heartbeat, signal }) => {
        heartbeat();
        assert.equal(signal, controller.signal);
        return opinion;
      },
    });
    const asker = defineFunction({
      name: "asker",
      version: "1",
      input: z.any(),
      output: z.any(),
      run: async (_, context) => {
        const { heartbeat } = context;
        heartbeat();
        assert.equal(context.signal, controller.signal);
        const outcomes = ["down", "flat", "up"];
        return context.ask("tested", { subject: "IBM", asOf, horizonDays: 5, outcomes });
      },
    });
    const project = { agents: [agent], functions: [asker], control };
    assert.ok((await execute({ kind: "agent", name: "tested" }, question, project)).ok);
    assert.deepEqual(asked, { signals: 1, heartbeats: 1 });
    assert.ok((await execute({ kind: "function", name: "asker" }, null, project)).ok);
    assert.deepEqual(asked, { signals: 3, heartbeats: 3 });
  });

  it("knows the version of each target, and of none that does not exist", () => {
    const agents = [agentThat(() => opinion)];
    const gateway = createInProcessGateway({ agents, functions: [], policies, market: null });
    assert.equal(gateway.versionOf({ kind: "agent", name: "tested" }), "1.2.3");
    const [policy] = policies;
    assert.equal(gateway.versionOf({ kind: "policy", name: policy?.name ?? "" }), policy?.version);
    assert.equal(gateway.versionOf({ kind: "function", name: "tested" }), null);
  });
});

describe("resolving by a policy", () => {
  async function viewOf(agent: string, probabilities: readonly number[]): Promise<JsonValue> {
    const outcome = await ask(agentThat(() => ({ ...opinion, probabilities }), agent));
    assert.ok(outcome.ok);
    return { agent, settled: { status: "succeeded", output: outcome.output } };
  }

  async function resolveViews(
    views: readonly JsonValue[],
    quorum: number,
  ): Promise<Record<string, JsonValue>> {
    const input = { ...question, horizonDays: 28, quorum, views };
    const outcome = await execute({ kind: "policy", name: "linear-pool" }, input);
    assert.ok(outcome.ok, JSON.stringify(outcome));
    return outcome.output as Record<string, JsonValue>;
  }

  it("P7 counts an agent that failed as an abstention with that error", async () => {
    const views = [
      await viewOf("a", [0.2, 0.2, 0.6]),
      await viewOf("b", [0.4, 0.4, 0.2]),
      {
        agent: "c",
        settled: {
          status: "failed",
          error: { code: "AGENT_ANSWER_INVALID", message: "probabilities add up to 2", retryable: false },
        },
      },
      { agent: "d", settled: { status: "skipped", reason: "its condition does not hold" } },
    ];
    const resolution = await resolveViews(views, 2);
    assert.equal(resolution["status"], "resolved");
    const abstentions = JSON.stringify(resolution["abstentions"]);
    assert.match(abstentions, /probabilities add up to 2/);
    assert.match(abstentions, /AGENT_ANSWER_INVALID/);
    assert.match(abstentions, /its condition does not hold/);
  });

  it("makes nothing up when the quorum is not met", async () => {
    const resolution = await resolveViews([await viewOf("a", [0.2, 0.2, 0.6])], 2);
    assert.equal(resolution["status"], "noQuorum");
    assert.equal(resolution["probabilities"], null);
  });

  it("refuses a view that is recorded under another agent's name", async () => {
    const view = await viewOf("a", [0.2, 0.2, 0.6]);
    const input = { ...question, horizonDays: 28, quorum: 1, views: [{ ...(view as object), agent: "b" }] };
    const error = failed(await execute({ kind: "policy", name: "linear-pool" }, input as JsonValue));
    assert.equal(error.code, "OPINION_INVALID");
  });
});
