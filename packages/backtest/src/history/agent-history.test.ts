import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AgentRecord, certainOutcome } from "@mycroft/ensemble";
import { agentRecord, builtInAgents, createMarketData, momentum, trend } from "@mycroft/investing";
import { fixtureMarket, withOtherFuture } from "@mycroft/investing/testing";
import { type AgentDefinition, abstain, defineAgent, type MarketData, noLog, noMessages } from "@mycroft/sdk";
import { type AgentHistory, scoreOf, walkAgents } from "./agent-history.ts";
import { askerLimits, PastAsker } from "./past-asker.ts";

const shape = fixtureMarket({ companies: 4, days: 120, seed: 8, spacing: "monthly", stagger: 2 });
const market = createMarketData(shape);
const agents = builtInAgents();

function means(history: AgentHistory): Map<string, { scored: number; meanScore: number }> {
  return new Map(
    history.agents.map(({ name }, place) => {
      const scores = history.days.flatMap(({ cases }) =>
        cases.flatMap(({ opinions, outcome }) => {
          const said = opinions[place] ?? null;
          return said === null ? [] : [scoreOf(said, outcome.index)];
        }),
      );
      return [name, { scored: scores.length, meanScore: scores.reduce((a, b) => a + b, 0) / scores.length }];
    }),
  );
}

async function recordsOf(
  data: MarketData,
  asked: readonly AgentDefinition[],
): Promise<readonly AgentRecord[]> {
  const view = data.asOf(data.lastDate);
  const { signal } = new AbortController();
  const common = { signal, heartbeat: () => {}, idempotencyKey: "test", log: noLog, messages: noMessages };
  const names = asked.map(({ name }) => name);
  const input = agentRecord.input.parse({ agents: names, subjects: view.symbols(), asOf: view.asOf });
  const given = await agentRecord.run(input, {
    ...common,
    market: view,
    agents: names.toSorted(),
    policies: [],
    ask: async (name, request) => {
      const agent = asked.find((one) => one.name === name);
      assert.ok(agent);
      return agent.opinion(request, { ...common, market: data.asOf(request.asOf) });
    },
  });
  return Array.isArray(given) ? given : given.agents;
}

/** Says what its test wants, and abstains on companies that are not named. */
function says(name: string, opinion: AgentDefinition["opinion"]): AgentDefinition {
  return defineAgent({ name, version: "1", capabilities: [], opinion });
}

const said = (probabilities: number[]) => ({ type: "opinion", probabilities, rationale: "test" }) as const;

describe("the agents' history", () => {
  it("scores as the function agent-record does on the same grid, drift and all", async () => {
    const history = await walkAgents({ agents, market });
    const own = means(history);
    for (const { agent, scored, meanScore, drift } of await recordsOf(market, agents)) {
      assert.equal(own.get(agent)?.scored, scored, agent);
      assert.ok(Math.abs((own.get(agent)?.meanScore ?? 0) - meanScore) < 1e-12, agent);
      assert.deepEqual(history.agents.find(({ name }) => name === agent)?.drift ?? undefined, drift, agent);
    }
    assert.ok((own.get("trend")?.scored ?? 0) > 150);
    assert.ok(history.days.length > 50 && history.days.length <= 60);
  });

  it("tells a drift when an agent turns, and against the others", async () => {
    const end = market.asOf(market.lastDate);
    const turning = says("turning", ({ asOf, subject }) => {
      const series = end.series(subject);
      const next = series.indexAt(asOf) + 1;
      const rises = next < series.length && series.bar(next).close > series.bar(next - 1).close;
      // It cheats for three years, and is as wrong as can be from then on.
      const index = asOf < "2008-06-01" === rises ? 2 : 0;
      return said([...certainOutcome(index, 3)]);
    });
    const history = await walkAgents({ agents: [turning, ...agents], market });
    const [first] = history.agents;
    assert.deepEqual(
      first?.drifts.map(({ direction }) => direction),
      ["worse"],
    );
    const { noticed = "", before = 0, after = 0 } = first?.drifts[0] ?? {};
    assert.ok(noticed > "2008-06-30" && noticed < "2009-06-30", noticed);
    assert.ok(before < 0 && after > 0, "against the others it was better, and is worse");
  });

  it("P5 another future changes no opinion, no base rate and no outcome that was known before it", async () => {
    const day = "2007-06-30";
    const other = createMarketData(withOtherFuture(shape, day, 77));
    const known = (history: AgentHistory) =>
      history.days.flatMap(({ date, cases }) =>
        cases
          .filter(({ outcome, subject }) => outcome.to <= day && subject !== "NEW")
          .map((one) => ({ date, ...one })),
      );
    const [before, after] = [
      known(await walkAgents({ agents, market })),
      known(await walkAgents({ agents, market: other })),
    ];
    assert.ok(before.length > 50);
    assert.deepEqual(after, before);
    // What was said is the same also where what followed is not.
    const open = (history: AgentHistory) =>
      new Map(
        history.days.flatMap(({ cases }) =>
          cases
            .filter(({ asOf }) => asOf <= day)
            .map(({ subject, asOf, opinions, usual }) => [`${subject} ${asOf}`, { opinions, usual }]),
        ),
      );
    const [first, second] = [
      open(await walkAgents({ agents, market })),
      open(await walkAgents({ agents, market: other })),
    ];
    const shared = [...first.keys()].filter((key) => second.has(key));
    assert.ok(shared.length >= before.length);
    for (const key of shared) assert.deepEqual(second.get(key), first.get(key), key);
  });

  it("P7 takes bad answers for none, and no other agent's with them", async () => {
    const bad: readonly AgentDefinition[] = [
      says("throws", () => {
        throw new Error("broken");
      }),
      says("rejects", () => Promise.reject(new Error("broken"))),
      says("not-one", () => said([0.5, 0.5, 0.5])),
      says("two-outcomes", () => said([0.5, 0.5])),
      says("not-a-number", () => said([Number.NaN, 0.5, 0.5])),
      says("looks-ahead", () => ({ ...said([0.2, 0.3, 0.5]), dataAsOf: "2100-01-01" })),
      says("half-a-pair", () => ({ ...said([0.2, 0.3, 0.5]), rationale: "\ud800" })),
      says("silent", () => abstain("no view")),
    ];
    const history = await walkAgents({ agents: [...bad, trend], market });
    const alone = await walkAgents({ agents: [trend], market });
    const own = means(history);
    for (const { name } of bad) assert.equal(own.get(name)?.scored, 0, name);
    assert.deepEqual(own.get("trend"), means(alone).get("trend"));
  });

  it("begins with an even reference, while too few outcomes are known", async () => {
    const short = createMarketData(fixtureMarket({ companies: 2, days: 30, seed: 3, spacing: "monthly" }));
    const { days } = await walkAgents({
      agents: [says("steady", () => said([0.2, 0.3, 0.5]))],
      market: short,
    });
    assert.deepEqual(days[0]?.cases[0]?.usual, [1 / 3, 1 / 3, 1 / 3]);
  });

  it("tells how far it is, and ends when it is aborted", async () => {
    const shares: number[] = [];
    const abort = new AbortController();
    const onProgress = (share: number) => {
      shares.push(share);
      if (shares.length === 3) abort.abort(new Error("enough"));
    };
    const slow = says("slow", async () => said([0.2, 0.3, 0.5]));
    await assert.rejects(
      walkAgents({ agents: [slow, momentum], market, onProgress, signal: abort.signal }).then((history) => {
        // Data this small may be walked within one turn.
        abort.signal.throwIfAborted();
        return history;
      }),
      (error: Error) => error.message === "enough" || error.name === "AbortError",
    );
    assert.deepEqual(
      shares,
      shares.toSorted((a, b) => a - b),
    );
  });
});

describe("asking agents about the past", () => {
  const question = { subject: "C0", asOf: "2005-06-30", horizonDays: 28, outcomes: ["down", "flat", "up"] };
  const { signal } = new AbortController();

  it("P5 shows an agent nothing later than the day that it is asked as of", async () => {
    const seen: string[] = [];
    const looking = says("looking", ({ subject }, context) => {
      const series = context.market?.series(subject);
      seen.push(context.market?.asOf ?? "", series?.bar(series.length - 1).date ?? "");
      return abstain("looked");
    });
    const ahead = says("ahead", (_, context) => {
      context.market?.at("2006-01-31");
      return abstain("looked");
    });
    const asker = new PastAsker([looking, ahead], market);
    await asker.ask("looking", question, signal);
    assert.deepEqual(seen, ["2005-06-30", "2005-06-30"]);
    await assert.rejects(asker.ask("ahead", question, signal), { code: "LOOK_AHEAD" });
  });

  it("leads agents to a day by weeks, and over no week twice", async () => {
    const asked: string[] = [];
    const agent = says("led", ({ asOf }) => {
      asked.push(asOf);
      return abstain("led");
    });
    const asker = new PastAsker([agent], market);
    await asker.leadTo("2000-06-30", 28, signal);
    const first = asked.length;
    assert.ok(first > 15 && asked.every((day) => day < "2000-06-30"));
    await asker.leadTo("2000-05-31", 28, signal);
    assert.equal(asked.length, first);
    await asker.leadTo("2000-07-31", 28, signal);
    assert.deepEqual(asked, [...new Set(asked)].sort());
    await assert.rejects(asker.leadTo("2009-07-31", 28, AbortSignal.abort()), { name: "AbortError" });
  });

  it("P7 names what is wrong with an answer", async () => {
    const wrong = says("wrong", () => said([0.9, 0.9, 0.9]));
    const surrogate = says("surrogate", () => ({ ...said([0.2, 0.3, 0.5]), rationale: "\udc00" }));
    const asker = new PastAsker([wrong, surrogate], market);
    await assert.rejects(asker.ask("wrong", question, signal), { code: "AGENT_ANSWER_INVALID" });
    await assert.rejects(asker.ask("surrogate", question, signal), { code: "AGENT_ANSWER_INVALID" });
    await assert.rejects(asker.ask("nobody", question, signal), { code: "AGENT_UNKNOWN" });
  });

  it("P8 asks an agent no more that never answers, and cancels what it was asked", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    let isAborted = false;
    const hung = says("hung", (_, context) => {
      context.signal.addEventListener("abort", () => {
        isAborted = true;
      });
      return new Promise(() => {});
    });
    const asker = new PastAsker([hung, trend], market);
    const clock = t.mock.method(performance, "now", () => (isAborted ? askerLimits.answerMs : 0));
    const asked = assert.rejects(asker.ask("hung", question, signal), { code: "ANSWER_TIMED_OUT" });
    t.mock.timers.tick(askerLimits.answerMs);
    await asked;
    assert.ok(isAborted);
    assert.ok(clock.mock.callCount() >= 2);
    assert.match(asker.givenUp("hung") ?? "", /longer than 5 s/u);
    await assert.rejects(asker.ask("hung", question, signal), { code: "ANSWER_TIMED_OUT" });
    assert.equal((await asker.ask("trend", question, signal)).agent, "trend");
    assert.equal(asker.givenUp("trend"), null);
  });

  it("P8 asks an agent no more whose answers are slow one after the other", async (t) => {
    let at = 0;
    t.mock.method(performance, "now", () => at);
    let takesMs: number = askerLimits.slowMs;
    let asked = 0;
    const slow = says("slow", () => {
      asked += 1;
      at += takesMs;
      return said([0.2, 0.3, 0.5]);
    });
    const asker = new PastAsker([slow], market);
    for (let count = 1; count < askerLimits.slowAnswers; count += 1)
      await asker.ask("slow", question, signal);
    takesMs = 0;
    await asker.ask("slow", question, signal);
    takesMs = askerLimits.slowMs;
    for (let count = 0; count < askerLimits.slowAnswers; count += 1) {
      assert.equal(asker.givenUp("slow"), null);
      await asker.ask("slow", question, signal);
    }
    const before = asked;
    await assert.rejects(asker.ask("slow", question, signal), { code: "ANSWER_TIMED_OUT" });
    assert.equal(asked, before);
  });
});
