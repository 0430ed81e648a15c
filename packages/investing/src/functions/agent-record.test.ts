import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AgentRecord, certainOutcome, rankedProbabilityScore } from "@mycroft/ensemble";
import { type AgentDefinition, abstain, defineAgent } from "@mycroft/sdk";
import type { z } from "zod";
import { trend } from "../agents/trend.ts";
import { dayOf, isoOf } from "../calendar-day.ts";
import { createMarketData } from "../data/market-data.ts";
import { findOutcome } from "../outcome.ts";
import { askAgent, functionContext } from "../testing/agent-context.ts";
import { fixtureMarket } from "../testing/market-fixtures.ts";
import { agentRecord, type agentRecordSchema, recordLimits } from "./agent-record.ts";
import { sampleSubjects } from "./past-answers.ts";

/** Held by the compiler: what the function gives is what the ensemble takes. */
export const recordsFit: z.infer<typeof agentRecordSchema> extends AgentRecord ? true : false = true;

const data = createMarketData(
  fixtureMarket({ companies: 4, days: 120, seed: 8, spacing: "monthly", stagger: 2 }),
);
const asOf = "2009-12-31";
const subjects = ["C0", "C1", "C2", "C3"];

/** Says the same every time, and writes down when it was asked. */
function constant(name: string, probabilities: number[], asked: string[] = []): AgentDefinition {
  return defineAgent({
    name,
    version: "1",
    capabilities: [],
    opinion: (request) => {
      asked.push(`${request.subject} ${request.asOf}`);
      return { type: "opinion", probabilities, rationale: "constant" };
    },
  });
}

async function recordsOf(agents: readonly AgentDefinition[], given: Record<string, unknown> = {}) {
  const input = agentRecord.input.parse({
    agents: agents.map((agent) => agent.name),
    subjects,
    asOf,
    ...given,
  });
  const records = agentRecord.output.parse(await agentRecord.run(input, functionContext(data, asOf, agents)));
  return Array.isArray(records) ? records : records.agents;
}

describe("an agent's record", () => {
  it("is the mean RPS of what it said on past days against what followed", async () => {
    const [record] = await recordsOf([trend]);
    const view = data.asOf(asOf);
    const scores: number[] = [];
    const known: string[] = [];
    for (const subject of subjects) {
      const series = view.series(subject);
      // The days as documented: multiples of 30 since 1970, up to 28 days and five years back, moved back to bars.
      const last = Math.floor((dayOf(asOf) - 28) / 30) * 30;
      const days = Array.from({ length: 60 }, (_, step) => last - 30 * step);
      const within = days.filter((day) => day >= dayOf(asOf) - Math.round(5 * 365.25));
      const bars = within.map((day) => [series.indexAt(isoOf(day)), series.indexAt(isoOf(day - 30))]);
      const dates = bars.flatMap(([bar = -1, before]) => (bar === before ? [] : [series.bar(bar).date]));
      for (const date of new Set(dates)) {
        const outcome = findOutcome(view, subject, date, 28);
        const answer = await askAgent(trend, data, { subject, asOf: date });
        if (outcome === null || answer.type !== "opinion") continue;
        scores.push(rankedProbabilityScore(answer.probabilities, certainOutcome(outcome.index, 3)));
        known.push(outcome.to);
      }
    }
    assert.equal(record?.scored, scores.length);
    assert.ok(scores.length > 200);
    assert.ok(Math.abs((record?.meanScore ?? 0) - scores.reduce((a, b) => a + b, 0) / scores.length) < 1e-12);
    assert.deepEqual([record?.from, record?.to], [known.toSorted()[0], known.toSorted().at(-1)]);
  });

  it("tells a good agent from a bad one", async () => {
    const view = data.asOf(asOf);
    const knowing = (name: string, right: boolean) =>
      defineAgent({
        name,
        version: "1",
        capabilities: [],
        // It cheats: the test holds the outcomes.
        opinion: ({ subject, asOf: day, horizonDays }) => {
          const index = findOutcome(view, subject, day, horizonDays)?.index ?? 1;
          return {
            type: "opinion",
            probabilities: certainOutcome(right ? index : 2 - index, 3),
            rationale: "knows",
          };
        },
      });
    const [good, bad] = await recordsOf([knowing("good", true), knowing("bad", false)]);
    assert.equal(good?.meanScore, 0);
    assert.ok((bad?.meanScore ?? 0) > 0.3);
  });

  it("asks about the days of a fixed grid, of the last five years, whose outcome is known", async () => {
    const asked: string[] = [];
    await recordsOf([constant("a", [0.2, 0.3, 0.5], asked)]);
    const ofFirst = asked.filter((one) => one.startsWith("C0")).map((one) => one.slice(3));
    assert.equal(ofFirst.at(-1), "2009-11-30");
    assert.equal(ofFirst.length, new Set(ofFirst).size);
    assert.ok(ofFirst.length >= 57 && ofFirst.length <= 60, String(ofFirst.length));
    assert.ok(ofFirst.every((day) => day >= "2004-11-30"));
  });

  it("keeps to the bounds that are asked for", async () => {
    const asked: string[] = [];
    const agent = constant("a", [0.2, 0.3, 0.5], asked);
    const [record] = await recordsOf([agent], { maxDates: 3, spacingDays: 90 });
    assert.equal(record?.scored, 12);
    assert.equal(new Set(asked.map((one) => one.slice(3))).size, 3);
  });

  it("P5 a walk through history gives each day what a fold from scratch gives, and asks each question once", async () => {
    const days = [
      "2004-06-30",
      "2006-02-28",
      "2006-03-31",
      "2006-04-30",
      "2009-11-30",
      asOf,
      "2006-03-31",
      "2003-05-31",
    ];
    const walked: string[] = [];
    const agents = (asked: string[]) => [
      constant("a", [0.2, 0.3, 0.5], asked),
      constant("b", [0.5, 0.3, 0.2], asked),
    ];
    const own = functionContext(data, asOf, agents(walked));
    for (const day of days) {
      const input = agentRecord.input.parse({ agents: ["a", "b"], subjects, asOf: day });
      const remembering = { ...own, market: data.asOf(day) };
      const fresh = functionContext(data, day, agents([]));
      assert.deepEqual(await agentRecord.run(input, remembering), await agentRecord.run(input, fresh), day);
    }
    const counts = Map.groupBy(walked, (question) => question);
    assert.ok(counts.size > 200);
    // Once for each of the two agents.
    assert.deepEqual(new Set([...counts.values()].map((times) => times.length)), new Set([2]));
  });

  it("P5 what a policy has learned is the same from a walk and from scratch, and grows with the outcomes", async () => {
    const agents = [constant("a", [0.2, 0.3, 0.5]), constant("b", [0.5, 0.3, 0.2]), trend];
    const own = functionContext(data, asOf, agents);
    const rounds: number[] = [];
    for (const day of ["2001-04-30", "2004-06-30", "2006-02-28", "2006-03-31", "2009-11-30", "2006-03-31"]) {
      const names = agents.map(({ name }) => name);
      const input = agentRecord.input.parse({ agents: names, subjects, asOf: day, policy: "boa" });
      const walked = await agentRecord.run(input, { ...own, market: data.asOf(day) });
      assert.deepEqual(walked, await agentRecord.run(input, functionContext(data, day, agents)), day);
      assert.ok(!Array.isArray(walked) && walked.learned !== null);
      assert.ok(walked.learned.learnedOn === null || walked.learned.learnedOn <= day);
      assert.deepEqual(walked.learned.pending, []);
      rounds.push(walked.learned.counts.rounds);
    }
    assert.ok((rounds[0] ?? 0) > 5 && (rounds[4] ?? 0) > (rounds[1] ?? 0));
    assert.equal(rounds[3], rounds[5], "a day of the past is as it was");
  });

  it("P5 what is remembered of one set of data is never taken for another", async () => {
    const other = createMarketData(fixtureMarket({ companies: 4, days: 120, seed: 9, spacing: "monthly" }));
    const agents = [trend];
    const input = agentRecord.input.parse({ agents: ["trend"], subjects, asOf });
    const { ask } = functionContext(data, asOf, agents);
    const first = await agentRecord.run(input, { ...functionContext(data, asOf, agents), ask });
    const otherContext = functionContext(other, asOf, agents);
    const mixed = await agentRecord.run(input, { ...otherContext, ask });
    assert.notDeepEqual(mixed, first);
  });

  it("P8 asks about fewer subjects, evenly spread, above the limit on questions", () => {
    const many = Array.from({ length: 5_000 }, (_, index) => `S${index}`);
    const sample = sampleSubjects({ subjects: many, agents: ["a", "b", "c", "d", "e", "f"] }, 60);
    assert.equal(sample.length, Math.floor(recordLimits.questions / 360));
    assert.equal(new Set(sample).size, sample.length);
    const places = sample.map((subject) => many.toSorted().indexOf(subject));
    assert.ok(places.every((place, index) => index === 0 || place - (places[index - 1] ?? 0) <= 37));
    assert.ok((places.at(-1) ?? 0) > 4_900);
    const few = many.slice(0, 100);
    assert.deepEqual(sampleSubjects({ subjects: few, agents: ["a"] }, 60), few.toSorted());
    assert.deepEqual(sampleSubjects({ subjects: ["A"], agents: many.slice(0, 100) }, 600), ["A"]);
  });

  it("E1 does not depend on the order of the subjects, or on one being listed twice", async () => {
    const many = Array.from({ length: 5_000 }, (_, index) => `S${index}`);
    const agents = ["a", "b", "c", "d", "e", "f"];
    assert.deepEqual(
      sampleSubjects({ subjects: many.toReversed(), agents }, 60),
      sampleSubjects({ subjects: many, agents }, 60),
    );
    const records = await recordsOf([trend]);
    assert.deepEqual(await recordsOf([trend], { subjects: subjects.toReversed() }), records);
    assert.deepEqual(await recordsOf([trend], { subjects: [...subjects, "C2"] }), records);
  });

  it("P7 leaves out agents that abstain or fail, and nobody else", async () => {
    const silent = defineAgent({
      name: "silent",
      version: "1",
      capabilities: [],
      opinion: () => abstain("no view"),
    });
    const broken = defineAgent({
      name: "broken",
      version: "1",
      capabilities: [],
      opinion: () => {
        throw new Error("broken");
      },
    });
    const records = await recordsOf([broken, constant("steady", [0.2, 0.3, 0.5]), silent]);
    assert.deepEqual(
      records.map((record) => record.agent),
      ["steady"],
    );
  });

  it("is empty without data, subjects that exist, or known outcomes", async () => {
    const agent = constant("a", [0.2, 0.3, 0.5]);
    assert.deepEqual(await recordsOf([agent], { subjects: [] }), []);
    assert.deepEqual(await recordsOf([agent], { subjects: ["ZZZ"] }), []);
    assert.deepEqual(await recordsOf([agent], { asOf: "2000-03-31" }), []);
    const input = agentRecord.input.parse({ agents: ["a"], subjects, asOf });
    const context = { ...functionContext(data, asOf, [agent]), market: null };
    assert.deepEqual(await agentRecord.run(input, context), []);
  });

  it("names an agent that does not exist, and never looks past the run's day", async () => {
    const agent = constant("a", [0.2, 0.3, 0.5]);
    const input = agentRecord.input.parse({ agents: ["a", "b"], subjects, asOf });
    await assert.rejects(async () => agentRecord.run(input, functionContext(data, asOf, [agent])), {
      code: "AGENT_UNKNOWN",
      message: /"b"/,
    });
    await assert.rejects(recordsOf([agent], { asOf: "2010-01-31" }), { code: "LOOK_AHEAD" });
  });

  for (const how of ["answers", "fails"] as const) {
    it(`E11 stops when its attempt is aborted, also at the last question (the agent ${how})`, async () => {
      const controller = new AbortController();
      const asked: string[] = [];
      const agent = defineAgent({
        name: "a",
        version: "1",
        capabilities: [],
        opinion: ({ subject }) => {
          asked.push(subject);
          controller.abort();
          if (how === "fails") throw new Error("stopped");
          return abstain("stopped");
        },
      });
      const input = agentRecord.input.parse({ agents: ["a"], subjects: ["C0"], asOf, maxDates: 1 });
      const context = { ...functionContext(data, asOf, [agent]), signal: controller.signal };
      await assert.rejects(async () => agentRecord.run(input, context), { name: "AbortError" });
      assert.equal(asked.length, 1);
    });
  }
});
