/** The Lab's cases, worlds, links and tours: what a person does to them, and what hostile input cannot. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { policies, type Resolution } from "@mycroft/ensemble";
import fc from "fast-check";
import {
  addAgent,
  labLimits,
  removeAgent,
  renameAgent,
  setAbstaining,
  setOutcomes,
  setRecord,
} from "./lab-case.ts";
import { initialState, readLabState } from "./lab-state.ts";
import { noteOf } from "./policy-notes.ts";
import { moveProbability, roundDistribution } from "./probabilities.ts";
import { type PolicyResult, resolveAll, scoreOf } from "./resolve-all.ts";
import { packState, unpackState } from "./share-link.ts";
import { agentKinds, breakAt, makeWorld, worldOutcomes } from "./synthetic-world.ts";
import { tours } from "./tours.ts";
import { Walk } from "./walk.ts";

function resolutionOf(results: readonly PolicyResult[], policy: string): Resolution {
  const found = results.find((result) => result.policy.name === policy)?.resolution;
  assert.ok(found, policy);
  return found;
}

function tour(name: string) {
  const found = tours.find((one) => one.name === name);
  assert.ok(found);
  return found;
}

describe("probabilities", () => {
  const distribution = fc
    .array(fc.integer({ min: 0, max: 1_000 }), { minLength: 2, maxLength: 11 })
    .filter((counts) => counts.some((count) => count > 0))
    .map((counts) => roundDistribution(counts.map((count) => count / counts.reduce((a, b) => a + b, 0))));

  test("a move sets its outcome, keeps the sum at one and the others in proportion", () => {
    fc.assert(
      fc.property(distribution, fc.nat(), fc.integer({ min: 0, max: 100 }), (base, place, hundredths) => {
        const outcome = place % base.length;
        const to = hundredths / 100;
        const moved = moveProbability(base, outcome, to);
        assert.equal(moved[outcome], to);
        assert.ok(Math.abs(moved.reduce((a, b) => a + b, 0) - 1) < 1e-12);
        assert.ok(moved.every((probability) => probability >= 0 && probability <= 1));
        const others = 1 - (base[outcome] ?? 0);
        if (others < 1e-9) return;
        moved.forEach((probability, k) => {
          if (k === outcome) return;
          const share = ((base[k] ?? 0) / others) * (1 - to);
          assert.ok(Math.abs(probability - share) < 0.00105, `${base} to ${moved}`);
        });
      }),
    );
  });

  test("a drag to certainty and back, from one base, loses nothing", () => {
    const base = [0.2, 0.3, 0.5];
    assert.deepEqual(moveProbability(base, 2, 1), [0, 0, 1]);
    assert.deepEqual(moveProbability(base, 2, 0.5), base);
    assert.deepEqual(moveProbability([0, 0, 1], 2, 0.4), [0.3, 0.3, 0.4]);
  });
});

describe("lab cases", () => {
  test("whatever is done to a case, every policy can resolve it", () => {
    const action = fc.tuple(
      fc.constantFrom("add", "remove", "abstain", "speak", "rename", "record", "outcomes"),
      fc.nat(),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 12 }), (actions) => {
        let given = initialState().case;
        for (const [kind, pick] of actions) {
          const { views } = given.request;
          const agent = views[pick % views.length]?.agent ?? "";
          if (kind === "add") given = addAgent(given);
          if (kind === "remove") given = removeAgent(given, agent);
          if (kind === "abstain") given = setAbstaining(given, agent, true);
          if (kind === "speak") given = setAbstaining(given, agent, false);
          if (kind === "rename") given = renameAgent(given, agent, `name ${pick}`);
          if (kind === "record") given = setRecord(given, agent, { scored: pick % 500, meanScore: 0.2 });
          if (kind === "outcomes") {
            given = setOutcomes(
              given,
              Array.from({ length: 2 + (pick % 6) }, (_, k) => `o${k}`),
            );
          }
        }
        assert.ok(given.request.views.length >= 2 && given.request.views.length <= labLimits.agents);
        for (const { policy, problem } of resolveAll(given)) assert.equal(problem, null, policy.name);
        assert.notEqual(readLabState({ ...initialState(), case: given }), null);
      }),
      { numRuns: 60 },
    );
  });

  test("every policy of the catalogue has its note, and no other name has one", () => {
    for (const { name } of policies) assert.ok(noteOf(name), name);
    assert.equal(noteOf("toString"), null);
  });
});

describe("worlds", () => {
  const agents = Object.keys(agentKinds).map((kind) => ({
    name: kind,
    kind: kind as keyof typeof agentKinds,
  }));

  test("the seed decides everything; one more agent changes nothing for the others", () => {
    const setup = { seed: 11, rounds: 40, agents: agents.filter(({ kind }) => kind !== "herding") };
    const [a, b] = [makeWorld(setup), makeWorld(setup)];
    assert.deepEqual(a, b);
    assert.notDeepEqual(a, makeWorld({ ...setup, seed: 12 }));
    const more = makeWorld({ ...setup, agents: [...setup.agents, { name: "more", kind: "good" }] });
    assert.deepEqual(
      more.map(({ opinions, outcome }) => [opinions.slice(0, -1), outcome]),
      a.map(({ opinions, outcome }) => [opinions, outcome]),
    );
  });

  test("the kinds are what they say: scores over 400 rounds put them in order", () => {
    const cases = makeWorld({ seed: 3, rounds: 400, agents });
    const meanOf = (name: string, from: number, to: number): number => {
      const walk = cases.slice(from, to);
      const scores = walk.map(({ opinions, outcome }) => {
        const said = opinions.find(({ agent }) => agent === name)?.probabilities ?? [];
        const observed = outcome?.index ?? -1;
        let gap = 0;
        return said.reduce((sum, p, k) => {
          gap += p - (k === observed ? 1 : 0);
          return sum + gap ** 2 / said.length;
        }, 0);
      });
      return scores.reduce((a, b) => a + b, 0) / scores.length;
    };
    const half = Math.round(400 * breakAt);
    assert.ok(meanOf("drifting", 0, half) < meanOf("good", 0, half));
    assert.ok(meanOf("drifting", half, 400) > 2 * meanOf("good", half, 400));
    assert.ok(meanOf("biased", 0, 400) > meanOf("good", 0, 400) + 0.02);
    assert.ok(meanOf("overconfident", 0, 400) > meanOf("good", 0, 400) + 0.02);
    const shares = worldOutcomes.map(
      (_, k) => cases.filter(({ outcome }) => outcome?.index === k).length / 400,
    );
    assert.ok(
      shares.every((share) => share > 0.25 && share < 0.42),
      String(shares),
    );
  });
});

describe("links", () => {
  test("a state comes back whole from its link", async () => {
    const state = tour("facts").begin();
    const shared = await packState(state);
    assert.ok(shared !== null && shared.fragment.length < 1_500, String(shared?.fragment.length));
    assert.deepEqual(await unpackState(`#${shared.fragment}`), JSON.parse(JSON.stringify(state)));
  });

  test("P7 no garbage, and nothing that grows beyond all measure, comes out of a link", async () => {
    for (const fragment of [
      "",
      "#",
      "#case=",
      "#case=!!!",
      "#case=AAAA",
      "#other=1",
      `#case=${"A".repeat(50_000)}`,
    ]) {
      assert.equal(await unpackState(fragment), null);
    }
    const zeros = new Blob([`"${"0".repeat(50_000_000)}"`]).stream();
    const packed = await new Response(zeros.pipeThrough(new CompressionStream("deflate-raw"))).arrayBuffer();
    const bomb = new Uint8Array(packed).toBase64({ alphabet: "base64url", omitPadding: true });
    assert.equal(await unpackState(`#case=${bomb.slice(0, 31_000)}`), null);
  });

  test("P7 a kept state that is not one is not shown", () => {
    const state = JSON.parse(JSON.stringify(initialState()));
    const changes: readonly unknown[] = [
      null,
      1,
      {},
      { ...state, step: -1 },
      { ...state, step: undefined },
      { ...state, time: { type: "world", world: { seed: 1, rounds: 1e9, agents: [] } } },
      {
        ...state,
        time: { type: "world", world: { ...state.time.world, agents: [{ name: "a", kind: "toString" }] } },
      },
      { ...state, case: { ...state.case, policy: "none-such" } },
      { ...state, case: { ...state.case, outcome: 3 } },
      { ...state, case: { ...state.case, request: { ...state.case.request, views: [{ type: "opinion" }] } } },
    ];
    assert.notEqual(readLabState(state), null);
    for (const change of changes) assert.equal(readLabState(change), null);
  });
});

describe("tours", () => {
  test("averaging: the vote says up and the mean says down, which is what followed and costs less", () => {
    const given = tour("averaging").begin().case;
    const results = resolveAll(given);
    assert.equal(resolutionOf(results, "majority-vote").lean?.side, "upper");
    assert.equal(resolutionOf(results, "linear-pool").lean?.side, "lower");
    const cost = (policy: string) => scoreOf(resolutionOf(results, policy), given.outcome) ?? 0;
    assert.ok(cost("linear-pool") < cost("majority-vote"));
  });

  test("facts: there is a factual conflict, and it is gone when the growth is the same", () => {
    const given = tour("facts").begin().case;
    const kinds = (of: typeof given) =>
      resolutionOf(resolveAll(of), "linear-pool").conflict.findings.map(({ kind }) => kind);
    assert.deepEqual(kinds(given), ["analytical", "factual"]);
    const views = given.request.views.map((view) =>
      view.agent === "filings-b" && view.type === "opinion"
        ? { ...view, evidence: view.evidence.map((fact) => ({ ...fact, value: 0.12 })) }
        : view,
    );
    assert.deepEqual(kinds({ ...given, request: { ...given.request, views } }), ["analytical"]);
  });

  test("forgetting: boa drops the broken agent within ten rounds, past-score in twenty, the pool never; the drift is flagged", () => {
    const { time } = tour("forgetting").begin();
    assert.equal(time.type, "world");
    if (time.type !== "world") return;
    const walk = new Walk({
      subject: "WORLD",
      outcomes: worldOutcomes,
      horizonDays: 7,
      cases: makeWorld(time.world),
    });
    while (!walk.isDone) walk.advance();
    const broke = Math.round(time.world.rounds * breakAt);
    const place = walk.agents.indexOf("breaks");
    const weights = (policy: string) =>
      (walk.rules.find((rule) => rule.policy === policy)?.weights ?? []).map((row) => row[place] ?? 0);
    const firstBelow = (policy: string, limit: number): number => {
      const found = weights(policy).findIndex((weight, step) => step > broke && weight < limit);
      return found === -1 ? Number.POSITIVE_INFINITY : found;
    };
    assert.ok((weights("boa")[broke] ?? 0) > 0.5);
    assert.ok(firstBelow("boa", 0.15) <= broke + 10, String(firstBelow("boa", 0.15)));
    assert.ok(
      firstBelow("past-score", 0.15) > broke + 20 && firstBelow("past-score", 0.15) < time.world.rounds,
    );
    assert.ok(weights("linear-pool").every((weight) => weight === 0.25));
    assert.ok(
      walk.flags.some(
        ({ agent, step, drift }) =>
          agent === "breaks" && step > broke && step <= broke + 20 && drift.direction === "worse",
      ),
    );
  });
});
