import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  certainOutcome,
  findPolicy,
  type LossName,
  policies,
  resolve,
  resolvePoints,
  resumeLearner,
  startLearner,
} from "../index.ts";
import { sampleOpinion, sampleRequest } from "../sample-views.ts";
import { extremeDistribution, extremePoint } from "../testing/extreme-samples.ts";
import { readLearnerState } from "./learner-state.ts";

const names = ["a", "b", "c"] as const;

/** Settings at the ends of what each policy takes, beside its own. */
const settings: Readonly<Partial<Record<string, readonly object[]>>> = {
  "bayesian-model-averaging": [{ floor: 1e-12 }],
  dempster: [{ reliability: 1 }, { reliability: 0 }, { reliability: 5e-324 }],
  yager: [{ reliability: 1 }, { reliability: 5e-324 }],
  pcr6: [{ reliability: 1 }, { reliability: 5e-324 }],
  ewa: [{ rate: 100 }],
  "extremized-pool": [{ exponent: 10 }, { exponent: 0.1 }],
  "linear-pool": [{ weights: { a: 1e-6, b: 1e6 } }],
  "logarithmic-pool": [{ floor: 1e-12 }, { floor: 0.1, weights: { a: 1e-6, b: 1e6 } }],
  "regime-boa": [{ halfway: 1 }],
  "skill-weights": [{ power: 100, shrinkage: 0.001 }, { power: 0 }, { power: 5e-324 }],
  stacking: [{ ridge: 0.001 }, { ridge: 1e9 }],
  "top-k": [{ k: 1 }],
  "trimmed-mean": [{ trim: 0.45 }],
};

interface World<Forecast> {
  readonly rounds: readonly {
    readonly said: readonly (Forecast | null)[];
    readonly observed: Forecast;
    readonly context: string;
  }[];
  /** How often the rounds come again: what is added up goes far. */
  readonly times: number;
  readonly loss: LossName;
  readonly gradient: boolean;
}

function worldOf<Forecast>(
  forecast: fc.Arbitrary<Forecast>,
  observed: fc.Arbitrary<Forecast>,
  losses: readonly LossName[],
): fc.Arbitrary<World<Forecast>> {
  const said = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.array(fc.option(forecast, { freq: 6 }), { minLength: 1, maxLength: names.length }),
    },
    { weight: 1, arbitrary: forecast.map((one) => names.map(() => one)) },
  );
  const rounds = fc.array(fc.record({ said, observed, context: fc.constantFrom("calm", "wild") }), {
    minLength: 1,
    maxLength: 6,
  });
  return fc.record({
    rounds,
    times: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 1, max: 3 }) },
      { weight: 1, arbitrary: fc.constant(40) },
    ),
    loss: fc.constantFrom(...losses),
    gradient: fc.boolean(),
  });
}

const distributions = fc
  .integer({ min: 2, max: 4 })
  .chain((outcomes) =>
    worldOf(
      extremeDistribution(outcomes),
      fc.oneof(
        { weight: 3, arbitrary: fc.nat(outcomes - 1).map((index) => certainOutcome(index, outcomes)) },
        { weight: 1, arbitrary: extremeDistribution(outcomes) },
      ),
      ["rps", "brier", "log"],
    ),
  );
const points = worldOf(extremePoint, extremePoint, ["square", "absolute", "pinball"]);

function assertFinite(value: unknown, where: string): void {
  if (typeof value === "number") assert.ok(Number.isFinite(value), `${where} is ${value}`);
  else if (value instanceof Map) for (const [key, item] of value) assertFinite(item, `${where}.${key}`);
  else if (typeof value === "object" && value !== null)
    for (const [key, item] of Object.entries(value)) assertFinite(item, `${where}.${key}`);
}

function assertShares(values: readonly number[], where: string): void {
  const sum = values.reduce((all, value) => all + value, 0);
  assert.ok(Math.abs(sum - 1) < 1e-9 && values.every((value) => value >= -1e-12), `${where}: ${values}`);
}

function dayAt(index: number): string {
  return new Date(Date.UTC(2000, 0, 1 + index)).toISOString().slice(0, 10);
}

/** Walks a policy through a world; whatever it says and remembers is made of numbers, and can be read again. */
function walk<Forecast extends number | number[]>(
  policy: string,
  given: object | undefined,
  world: World<Forecast>,
): void {
  const { rounds, times, loss, gradient } = world;
  let learner = startLearner(policy, { loss, gradient, policy: given });
  const days = rounds.length * times;
  for (let day = 0; day < days; day += 1) {
    const { said, observed, context } = rounds[day % rounds.length] ?? {};
    const forecasts = new Map(
      (said ?? []).flatMap((one, index) => (one === null ? [] : [[names[index] ?? "", one] as const])),
    );
    if (forecasts.size === 0 || observed === undefined) continue;
    const [pool] = learner.forecast([{ id: "case", context, forecasts }], dayAt(day));
    assertFinite(pool, "pool");
    assertShares([...(pool?.weights.values() ?? [])], "weights");
    if (typeof pool?.pooled !== "number") assertShares(pool?.pooled ?? [], "pooled");
    learner.learn([{ id: "case", observed }], dayAt(day));
    if (day % 7 !== 0 && day < days - 1) continue;
    const saved = learner.save();
    const text = JSON.stringify(saved);
    assert.deepEqual(JSON.parse(JSON.stringify(readLearnerState(JSON.parse(text)))), JSON.parse(text));
    learner = resumeLearner(JSON.parse(text));
    assert.equal(JSON.stringify(learner.save()), text);
  }
  assertFinite(learner.weightsOf(["a", "new"], "calm"), "weightsOf");
  resolveAfter(policy, given, { ...world, learned: learner.save(), agents: learner.agents, day: days });
}

function resolveAfter<Forecast extends number | number[]>(
  name: string,
  given: object | undefined,
  {
    rounds,
    learned,
    agents,
    day,
  }: Pick<World<Forecast>, "rounds"> &
    Pick<ReturnType<typeof startLearner>, "agents"> & { readonly learned: unknown; readonly day: number },
): void {
  const asOf = dayAt(day + 1);
  const policy = findPolicy(name);
  const records = agents.flatMap(({ agent, scored, totalLoss, from, to }) =>
    scored === 0 ? [] : [{ agent, scored, meanScore: Math.min(1, totalLoss / scored), from, to }],
  );
  const record = {
    agents: records,
    learned: policy.kind === "learning" && name !== "past-score" ? learned : null,
    context: "calm",
  };
  const views = (rounds[0]?.said ?? []).flatMap(
    (one, index): (Readonly<Record<string, unknown>> & { readonly type: string })[] => {
      if (one === null) return [];
      if (typeof one !== "number") return [sampleOpinion(names[index] ?? "", one, { asOf })];
      const { outcomes: _, probabilities: __, ...rest } = sampleOpinion(names[index] ?? "", [1, 0], { asOf });
      return [{ ...rest, type: "point", value: one }];
    },
  );
  if (views.length === 0) return;
  const request = sampleRequest(views, { asOf, record, settings: given });
  const isOfPoints = views[0]?.type === "point";
  const resolution = isOfPoints ? resolvePoints(policy, request) : resolve(policy, request);
  assertFinite(resolution, "resolution");
  assertShares(
    resolution.weights.map(({ weight }) => weight),
    "weights",
  );
  if ("probabilities" in resolution) assertShares(resolution.probabilities ?? [], "probabilities");
}

describe("whatever is valid", () => {
  for (const { name, configure } of policies) {
    const choices = fc.constantFrom(undefined, ...(settings[name] ?? []));
    it(`P7 ${name} makes no NaN of probabilities, and remembers what it can read`, () => {
      fc.assert(
        fc.property(distributions, choices, (world, given) => walk(name, given, world)),
        { numRuns: 40 },
      );
    });

    if (configure(undefined).combinePoints === undefined) continue;
    it(`P7 ${name} makes no NaN of points, and remembers what it can read`, () => {
      fc.assert(
        fc.property(points, choices, (world, given) => walk(name, given, world)),
        { numRuns: 40 },
      );
    });
  }

  it("P7 stacking fits errors whose squares all but vanish", () => {
    const tiny = [0, 1, 0, 3.1434555694052576e-162];
    walk("stacking", undefined, {
      rounds: [
        { said: [tiny], observed: [0, 1, 0, 0], context: "calm" },
        { said: [[1, 0, 0, 0]], observed: [1, 0, 0, 0], context: "calm" },
      ],
      times: 4,
      loss: "rps",
      gradient: true,
    });
  });
});
