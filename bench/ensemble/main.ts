/**
 * What the functions cost that are the same on every machine, beside the engine's own; what an online rule costs for each agent and round, and that neither its memory nor that cost depends on how many
 * rounds or agents there are. `npm run bench -- ensemble` measures 2,000 rounds; with `full`, 100,000.
 */
import { exp, expm1, log, log1p, type OnlineRule, onlineRules, pow } from "@mycroft/ensemble";
import { type Row, report } from "../report.ts";

const full = process.argv.includes("full");
const agents = 1_000;
const rounds = full ? 100_000 : 2_000;
const repeats = full ? 1 : 3;

/** Uniform numbers from 0 to 1, the same in every run. Source: Marsaglia 2003, Xorshift RNGs (13, 17, 5). */
class Losses {
  #state = 0x9e3779b9;

  fill(into: Float64Array): void {
    let state = this.#state;
    for (let k = 0; k < into.length; k += 1) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      into[k] = (state >>> 0) / 2 ** 32;
    }
    this.#state = state;
  }
}

/** Rounds of the whole game; without a rule, what drawing losses and taking their mean costs alone. */
function secondsOf(rule: OnlineRule | null, size: number, length: number): number {
  const losses = new Losses();
  const drawn = new Float64Array(size);
  const weights = new Float64Array(size).fill(1 / size);
  const awake = new Uint8Array(size).fill(1);
  const start = performance.now();
  for (let round = 0; round < length; round += 1) {
    losses.fill(drawn);
    rule?.weigh(weights, awake);
    let pooled = 0;
    for (let k = 0; k < size; k += 1) pooled += (weights[k] ?? 0) * (drawn[k] ?? 0);
    for (let k = 0; k < size; k += 1) drawn[k] = pooled - (drawn[k] ?? 0);
    rule?.learn(drawn, awake);
  }
  return (performance.now() - start) / 1_000;
}

/** Nanoseconds for each agent and round, the game's own time taken off; the median of some repeats. */
function costOf(start: (size: number) => OnlineRule, size: number, length: number): number {
  const costs = Array.from({ length: repeats }, () => {
    const game = secondsOf(null, size, length);
    return ((secondsOf(start(size), size, length) - game) / (size * length)) * 1e9;
  });
  return costs.toSorted((a, b) => a - b)[repeats >> 1] ?? Number.NaN;
}

/** How many numbers a rule has saved after so many rounds. */
function savedNumbers(start: (size: number) => OnlineRule, length: number): number {
  const rule = start(agents);
  secondsOf(rule, agents, length);
  const { columns, scalars } = rule.save();
  return Object.values(columns).flat().length + Object.keys(scalars).length;
}

function rowOf(name: string, start: (size: number) => OnlineRule): Row {
  secondsOf(start(agents), agents, 200);
  const cost = costOf(start, agents, rounds);
  return {
    rule: name,
    "ns per agent and round": round(cost, 1),
    "s for 1,000 x 100,000": round((cost * 1e8) / 1e9, 1),
    "4x the agents, cost each": round(costOf(start, 4 * agents, rounds / 4) / cost, 2),
    "a quarter of the rounds, cost each": round(costOf(start, agents, rounds / 4) / cost, 2),
    "numbers kept": savedNumbers(start, 10),
    "after 100x the rounds": savedNumbers(start, 1_000),
  };
}

function round(value: number, places: number): number {
  return Number(value.toFixed(places));
}

/** Our functions and the engine's, turn by turn; each result is kept, and the loop's own time is taken off. */
function functionRows(): readonly Row[] {
  const given = new Float64Array(2_000);
  const results = new Float64Array(given.length);
  const passes = 40;
  const nanosecondsOf = (of: (x: number) => number): number => {
    const start = performance.now();
    for (let pass = 0; pass < passes; pass += 1) {
      for (let k = 0; k < given.length; k += 1) results[k] = of(given[k] ?? 0);
    }
    return ((performance.now() - start) * 1e6) / (passes * given.length);
  };
  const fastest = (of: (x: number) => number): number =>
    Math.min(...Array.from({ length: 60 }, () => nanosecondsOf(of)));
  const pairs = [
    ["log", log, (x: number) => Math.log(x)],
    ["exp", (x: number) => exp(-20 * x), (x: number) => Math.exp(-20 * x)],
    ["log1p", log1p, (x: number) => Math.log1p(x)],
    ["expm1", (x: number) => expm1(-x), (x: number) => Math.expm1(-x)],
    ["pow", (x: number) => pow(x, 1.7), (x: number) => x ** 1.7],
  ] as const;
  new Losses().fill(given);
  const loop = fastest((x) => 2 * x);
  return pairs.map(([name, ours, theirs]) => {
    const [own, engine] = [fastest(ours) - loop, fastest(theirs) - loop];
    return {
      function: name,
      "ns, ours": round(own, 1),
      "ns, the engine's": round(engine, 1),
      ratio: round(own / engine, 2),
    };
  });
}

report("ensemble-functions", { arguments: "uniform from 0 to 1" }, functionRows());
const only = process.argv.slice(3).filter((word) => word in onlineRules);
const rows = Object.entries(onlineRules)
  .filter(([name]) => only.length === 0 || only.includes(name))
  .map(([name, start]) => rowOf(name, start));
report("ensemble", { agents, rounds, repeats }, rows);
