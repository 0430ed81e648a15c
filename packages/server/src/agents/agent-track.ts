/** What an agent's opinions over history were worth: scores by day with their reference, calibration, drift. Pure. */
import { type AgentHistory, scoreOf } from "@mycroft/backtest";
import { type AgentDrift, certainOutcome, reliabilityCurve } from "@mycroft/ensemble";
import { drawPeriods, figureInterval, usualBlockPeriods } from "@mycroft/evaluation";
import type { PastCase } from "@mycroft/investing";
import type { AgentSummary, AgentTrack } from "@mycroft/protocol";

/** As an evaluation's, unless it is told otherwise. */
export const trackSettings = { resamples: 2_000, confidence: 0.95, seed: 1 } as const;

/** Days over which the rolling score is the mean. */
const rollingDays = 12;

interface ScoredDay {
  readonly date: string;
  readonly cases: readonly { readonly said: readonly number[]; readonly of: PastCase }[];
}

/** Null for an agent that had no opinion on any case, or is not in the history. */
export function trackOf(history: AgentHistory, name: string): AgentTrack | null {
  const place = history.agents.findIndex((agent) => agent.name === name);
  const agent = history.agents[place];
  if (agent === undefined || agent.givenUp !== null) return null;
  const days = history.days.map(({ date, cases }): ScoredDay => {
    const spoken = cases.flatMap((of) => {
      const said = of.opinions[place] ?? null;
      return said === null ? [] : [{ said, of }];
    });
    return { date, cases: spoken };
  });
  const all = days.flatMap(({ cases }) => cases);
  const asked = history.days.reduce((sum, { cases }) => sum + cases.length, 0);
  if (all.length === 0) return null;
  const scores = sumsOf(days, ({ said, of }) => scoreOf(said, of.outcome.index));
  const references = sumsOf(days, ({ of }) => scoreOf(of.usual, of.outcome.index));
  const meanScore = totalOf(scores) / all.length;
  const reference = totalOf(references) / all.length;
  const told = days.filter(({ cases }) => cases.length > 0);
  return {
    outcomes: [...history.outcomes],
    horizonDays: history.horizonDays,
    from: told[0]?.date ?? "",
    to: told.at(-1)?.date ?? "",
    cases: all.length,
    abstained: asked - all.length,
    meanScore,
    reference,
    skill: reference > 0 ? 1 - meanScore / reference : null,
    skillInterval: skillInterval(scores, references),
    hitRate: hitRateOf(all),
    calibration: calibrationOf(all, history.outcomes.length),
    series: seriesOf(days, scores, references),
    drifts: agent.drifts.map(driftView),
  };
}

/** The track in one line of a list. */
export function trackInBrief(
  history: AgentHistory,
  name: string,
  track: AgentTrack | null,
): AgentSummary["score"] {
  if (track === null) return null;
  const { cases: scored, meanScore, skill, from, to } = track;
  const drift = history.agents.find((agent) => agent.name === name)?.drift ?? null;
  return { scored, meanScore, skill, from, to, drift: drift === null ? null : driftView(drift) };
}

function driftView({ direction, since, noticed, before, after }: AgentDrift): AgentTrack["drifts"][number] {
  return { direction, since, noticed, before, after };
}

function sumsOf(
  days: readonly ScoredDay[],
  scoreOfCase: (one: ScoredDay["cases"][number]) => number,
): Float64Array {
  return Float64Array.from(days, ({ cases }) => cases.reduce((sum, one) => sum + scoreOfCase(one), 0));
}

function totalOf(sums: Float64Array): number {
  return sums.reduce((sum, value) => sum + value, 0);
}

/** Days are drawn anew in stretches, so that what they share stays together. */
function skillInterval(scores: Float64Array, references: Float64Array): AgentTrack["skillInterval"] {
  if (references.filter((sum) => sum > 0).length < 2) return null;
  const { resamples, seed, confidence } = trackSettings;
  const blockPeriods = usualBlockPeriods(scores.length);
  const draws = drawPeriods(scores.length, { resamples, blockPeriods, seed });
  return figureInterval(draws, confidence, (row) => {
    let score = 0;
    let reference = 0;
    for (const day of row) {
      score += scores[day] ?? 0;
      reference += references[day] ?? 0;
    }
    return 1 - score / reference;
  });
}

/** Of the opinions that lean, on cases that went up or down: how many leaned the right way. As a backtest counts it. */
function hitRateOf(all: ScoredDay["cases"]): number | null {
  let leaning = 0;
  let right = 0;
  for (const { said, of } of all) {
    const lean = (said.at(-1) ?? 0) - (said[0] ?? 0);
    if (lean === 0 || of.outcome.index === 1) continue;
    leaning += 1;
    if (lean > 0 === (of.outcome.index === 2)) right += 1;
  }
  return leaning === 0 ? null : right / leaning;
}

function calibrationOf(all: ScoredDay["cases"], size: number): AgentTrack["calibration"] {
  const curve = reliabilityCurve(
    all.map(({ said, of }) => ({ probabilities: said, observed: certainOutcome(of.outcome.index, size) })),
  );
  return { ...curve, bins: curve.bins.map((bin) => ({ ...bin })) };
}

function seriesOf(
  days: readonly ScoredDay[],
  scores: Float64Array,
  references: Float64Array,
): AgentTrack["series"] {
  const means: number[] = [];
  return days.flatMap(({ date, cases: { length: cases } }, index) => {
    if (cases === 0) return [];
    const score = (scores[index] ?? 0) / cases;
    means.push(score);
    const last = means.slice(-rollingDays);
    const rolling = last.reduce((sum, mean) => sum + mean, 0) / last.length;
    return [{ day: date, score, reference: (references[index] ?? 0) / cases, rolling, cases }];
  });
}
