/** Guardrails in a workflow: `anotherRound` keeps a debate going, `askPerson` leads to an approval, `abstain` to no view. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { JsonValue, StartAttempt } from "@mycroft/engine";
import { findPolicy, type Guardrails, type Resolution, resolve } from "@mycroft/ensemble";
import { z } from "zod";
import { eq, isIn, ne, optional, resolutionSchema, tradingDate, workflow } from "./index.ts";
import { type Outside, runThrough } from "./testing/run-through.ts";

const about = { subject: "AAPL", asOf: "2010-03-01", horizonDays: 28 };

/** What each agent says in each round; the last for all rounds after. */
type Says = Readonly<Record<string, readonly (readonly number[])[]>>;

const guardrails: Guardrails = {
  veto: [{ agents: ["risk"], side: "lower", atLeast: 0.6, action: "askPerson" }],
  conflict: [
    { above: 0.02, action: "shrink", full: 0.5 },
    { above: 0.05, action: "anotherRound" },
  ],
  clamp: { ceiling: 0.7 },
};

const committee = workflow({ name: "committee", input: z.object({ asOf: tradingDate }) }, (w) => {
  const decision = w.repeat(
    "debate",
    null as Resolution | null,
    (r) => {
      const question = { subject: "AAPL", asOf: w.input.asOf, horizonDays: 28 };
      const views = r.ask("views", ["trend", "macro", "risk"], question);
      const resolved = r.resolve("decision", views, { policy: "linear-pool", quorum: 2, guardrails });
      return { output: resolved, until: ne(resolved.action, "anotherRound") };
    },
    { maxRounds: 3 },
  );
  const undecided = isIn(decision.action, ["askPerson", "anotherRound"]);
  const consent = w.approve("consent", decision, { when: undecided, onReject: "continue" });
  return { decision, approved: optional(consent).approved };
});

/** Agents as stated, and the real policies. */
function answering(says: Says): NonNullable<Outside["answer"]> {
  return ({ target, task, input }: StartAttempt): JsonValue => {
    if (target.kind === "policy") {
      const request = z.looseObject({ views: z.array(z.any()) }).parse(input);
      const views = request.views.map(({ settled }) => settled.output);
      const resolution: JsonValue = resolve(findPolicy(target.name), { ...request, views });
      return z.json().parse(resolutionSchema.parse(resolution));
    }
    const rounds = says[target.name] ?? [];
    const round = Number(/\[(\d+)\]/.exec(task)?.[1] ?? 0);
    const probabilities = [...(rounds[Math.min(round, rounds.length - 1)] ?? [])];
    const outcomes = ["down", "flat", "up"];
    const said = { rationale: "Said so.", evidence: [] };
    return { type: "opinion", agent: target.name, version: "1", ...about, outcomes, probabilities, ...said };
  };
}

const up = [0.1, 0.2, 0.7];
const down = [0.7, 0.2, 0.1];
const mild = [0.2, 0.3, 0.5];

async function decide(says: Says, verdict: "approve" | "reject" | null) {
  const events: NonNullable<Outside["events"]> =
    verdict === null ? [] : [{ type: "approvalDecided", task: "consent", verdict, by: "ada" }];
  const { given, result } = await runThrough(
    committee,
    { asOf: about.asOf },
    { answer: answering(says), events },
  );
  const rounds = [...given.keys()].filter((task) => task.endsWith("/decision")).length;
  assert.equal(result?.status, "succeeded");
  const output = z
    .object({ decision: resolutionSchema, approved: z.boolean().nullish() })
    .parse(result.status === "succeeded" ? result.output : null);
  return { rounds, ...output };
}

describe("a workflow with guardrails", () => {
  it("goes on at once where none asks for anything", async () => {
    const { rounds, decision, approved } = await decide({ trend: [up], macro: [up], risk: [mild] }, null);
    assert.deepEqual(
      [rounds, decision.status, decision.action, approved],
      [1, "resolved", "accept", undefined],
    );
  });

  it("anotherRound: debates until the conflict is below its threshold", async () => {
    const says = { trend: [up, up, mild], macro: [down, down, mild], risk: [mild] };
    const { rounds, decision, approved } = await decide(says, null);
    assert.deepEqual([rounds, decision.action, approved], [3, "accept", undefined]);
    assert.deepEqual(decision["guardrails"], []);
  });

  it("anotherRound: after the last round a person decides", async () => {
    const says = { trend: [up], macro: [down], risk: [mild] };
    const { rounds, decision, approved } = await decide(says, "approve");
    assert.deepEqual([rounds, decision.action, approved], [3, "anotherRound", true]);
    const types = z.array(z.looseObject({ type: z.string() })).parse(decision["guardrails"]);
    assert.deepEqual(
      types.map(({ type }) => type),
      ["shrink", "conflict"],
    );
  });

  it("askPerson: a veto waits for a person's verdict, whichever it is", async () => {
    const says = { trend: [up], macro: [up], risk: [[0.62, 0.2, 0.18]] };
    for (const verdict of ["approve", "reject"] as const) {
      const { rounds, decision, approved } = await decide(says, verdict);
      assert.deepEqual([rounds, decision.status, decision.action], [1, "resolved", "askPerson"]);
      assert.equal(approved, verdict === "approve");
    }
  });

  it("abstain: the view is withheld, and steps can branch on it", async () => {
    const cautious = workflow({ name: "cautious", input: z.object({ asOf: tradingDate }) }, (w) => {
      const views = w.ask("views", ["trend", "macro"], {
        subject: "AAPL",
        asOf: w.input.asOf,
        horizonDays: 28,
      });
      const conflict = [{ above: 0.05, action: "abstain" } as const];
      const decision = w.resolve("decision", views, {
        policy: "median",
        quorum: 1,
        guardrails: { conflict },
      });
      return {
        decision,
        shown: optional(w.approve("show", 1, { when: eq(decision.status, "withheld") })).by,
      };
    });
    const { result } = await runThrough(
      cautious,
      { asOf: about.asOf },
      {
        answer: answering({ trend: [up], macro: [down] }),
        events: [{ type: "approvalDecided", task: "show", verdict: "approve", by: "ada" }],
      },
    );
    const output = z
      .object({ decision: resolutionSchema, shown: z.string() })
      .parse(result?.status === "succeeded" ? result.output : null);
    assert.deepEqual(
      [output.decision.status, output.decision.probabilities, output.shown],
      ["withheld", null, "ada"],
    );
  });

  it("absent, they are not part of the plan at all", () => {
    const plain = workflow({ name: "plain", input: z.object({ asOf: tradingDate }) }, (w) => {
      const views = w.ask("views", ["trend"], { subject: "AAPL", asOf: w.input.asOf });
      return w.resolve("decision", views, { policy: "median", quorum: 1 });
    });
    const step = plain.plan.workflow.steps.find(({ name }) => name === "decision");
    assert.ok(step?.kind === "resolve" && step.input.kind === "object");
    assert.ok(!("guardrails" in step.input.fields));
  });
});
