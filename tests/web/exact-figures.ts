/** What the ensemble computes, as text: run by Node and, the same module, by a browser, so that both can be compared (P6). */
import {
  certainOutcome,
  exp,
  expm1,
  findPolicy,
  log,
  log1p,
  measureConflict,
  policies,
  pow,
  type ResolveRequest,
  resolve,
  startDriftMonitor,
  startLearner,
} from "@mycroft/ensemble";

const agents = ["a", "b", "c", "d"] as const;
const outcomes = 5;
const rounds = 60;

/** For each request, what every policy makes of it, with what it has learned where the request holds that; and the conflict. */
export function resolutionsOf(
  requests: readonly { readonly policy: string; readonly request: ResolveRequest }[],
): string {
  return JSON.stringify(
    requests.map(({ policy: recorded, request }) => ({
      conflict: measureConflict(request.views),
      resolutions: policies.map(({ name }) => {
        const { settings: _, record = [], ...asked } = request;
        const known = "agents" in record ? record.agents : record;
        return resolve(findPolicy(name), name === recorded ? request : { ...asked, record: known });
      }),
    })),
  );
}

/** What every policy says and remembers on a walk through made-up forecasts, some of them of the smallest numbers. */
export function walksOf(): string {
  return JSON.stringify(
    policies.map(({ name }) => {
      const random = randomNumbers(7);
      const learner = startLearner(name);
      const drifts = startDriftMonitor();
      const said: unknown[] = [];
      for (let day = 0; day < rounds; day += 1) {
        const forecasts = new Map(agents.map((agent) => [agent, distribution(random)]));
        const asked = { id: "case", context: day % 3 === 0 ? "wild" : "calm", forecasts };
        said.push(learner.forecast([asked], dayAt(day)).map(({ weights, pooled }) => [...weights, pooled]));
        const observed = certainOutcome(Math.floor(random() * outcomes), outcomes);
        learner.learn([{ id: "case", observed }], dayAt(day));
        said.push(drifts.add("a", random(), dayAt(day)));
      }
      return [name, said, learner.save(), drifts.save()];
    }),
  );
}

/** The bits of many values of each function, folded into one number. */
export function functionsOf(count: number): string {
  const random = randomNumbers(11);
  const word = new DataView(new ArrayBuffer(8));
  const anyDouble = (): number => {
    word.setUint32(0, random() * 4_294_967_296);
    word.setUint32(4, random() * 4_294_967_296);
    return word.getFloat64(0);
  };
  const given: readonly (() => number)[] = [
    anyDouble,
    random,
    () => 1 + (random() - 0.5) / 64,
    () => (random() - 0.5) * 60,
  ];
  let folded = 0;
  for (let index = 0; index < count; index += 1) {
    const x = given[index % given.length]?.() ?? 0;
    const power = pow(Math.abs(x), (random() - 0.5) * 20);
    for (const value of [log(x), log1p(x), exp(x), expm1(x), power, Math.sqrt(x)]) {
      // A NaN has many forms.
      word.setFloat64(0, Number.isNaN(value) ? 0 : value);
      folded = Math.imul(folded ^ word.getInt32(0), 0x01000193);
      folded = Math.imul(folded ^ word.getInt32(4), 0x01000193);
    }
  }
  return String(folded);
}

/** Mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function distribution(random: () => number): number[] {
  const raw = Array.from({ length: outcomes }, () => (random() < 0.1 ? 1e-300 : random()));
  const sum = raw.reduce((all, one) => all + one, 0);
  return raw.map((one) => one / sum);
}

function dayAt(index: number): string {
  return new Date(Date.UTC(2000, 0, 1 + index)).toISOString().slice(0, 10);
}
