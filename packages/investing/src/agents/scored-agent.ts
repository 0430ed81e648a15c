/**
 * What all built-in agents share: a method gives a company a score with words and facts, and the shared calibration turns
 * the score into probabilities. An agent that lacks history or input abstains with its reason, and all do on a company
 * without a volatility: down, flat and up are not defined for it.
 */
import { MycroftError } from "@mycroft/errors";
import {
  type AgentAnswer,
  type AgentContext,
  type AgentDefinition,
  abstain,
  type BarSeries,
  defineAgent,
  type Fact,
  type FactSeries,
  type Logger,
  type MarketView,
  type OpinionRequest,
} from "@mycroft/sdk";
import { dayOf } from "../calendar-day.ts";
import { type CalibratedView, calibrate, type ScoreMethod } from "../calibration.ts";
import { measureAt } from "../measures/measure.ts";
import { trailingVolatility } from "../measures/trailing-volatility.ts";
import { isNear, outcomes } from "../outcome.ts";

/** What a method sees of a company that has a score. */
export interface Study {
  /** One or two sentences with the numbers. */
  readonly words: string;
  readonly facts: readonly Fact[];
}

export interface StudyMethod extends Omit<ScoreMethod, "key"> {
  readonly name: string;
  readonly version: string;
  /** The method and its source, in a sentence. */
  readonly description: string;
  readonly capabilities: readonly string[];
  /** The kind of facts that it reads beside prices. */
  readonly factKind?: string;
  /** Explains the score of a company that has one. */
  readonly explain: (view: MarketView, series: BarSeries) => Study;
  /** Why a company has no score. */
  readonly explainMissing: (view: MarketView, series: BarSeries) => string;
}

/** An agent that answers by `method`, over the outcomes down, flat and up. */
export function defineScoredAgent(method: StudyMethod): AgentDefinition {
  const { name, version, description, capabilities, score, edges } = method;
  const scoring: ScoreMethod = { key: `${name}@${version}`, score, edges };
  return defineAgent({
    name,
    version,
    description,
    capabilities,
    opinion: (request, context) => {
      const answer = answerTo(request, method, scoring, context);
      tell(answer, context.log);
      return answer;
    },
  });
}

function answerTo(
  request: OpinionRequest,
  method: StudyMethod,
  scoring: ScoreMethod,
  { market, log }: AgentContext,
): AgentAnswer {
  if (market === null) return abstain("There is no market data.");
  if (!asksForOurOutcomes(request)) return abstain(`It judges only ${outcomes.join(", ")}.`);
  const view = request.asOf < market.asOf ? market.at(request.asOf) : market;
  try {
    return judge(method, scoring, request, view, log);
  } catch (error) {
    if (!(error instanceof MycroftError) || error.code !== "SYMBOL_UNKNOWN") throw error;
    return { type: "abstention", reason: error.message, code: error.code };
  }
}

function tell(answer: AgentAnswer, log: Logger): void {
  if (answer.type === "abstention") {
    log.info("Abstains.", { reason: answer.reason });
    return;
  }
  const [down = 0, flat = 0, up = 0] = answer.probabilities;
  log.info("Has an opinion.", { down: rounded(down, 1e3), flat: rounded(flat, 1e3), up: rounded(up, 1e3) });
}

/** Quick, as backtests ask a million times and keep no log. */
function rounded(value: number, perUnit: number): number {
  return Math.round(value * perUnit) / perUnit;
}

function asksForOurOutcomes({ outcomes: asked }: OpinionRequest): boolean {
  return asked.length === outcomes.length && asked.every((name, index) => name === outcomes[index]);
}

function judge(
  method: StudyMethod,
  scoring: ScoreMethod,
  { subject, horizonDays }: OpinionRequest,
  view: MarketView,
  log: Logger,
): AgentAnswer {
  const series = view.series(subject);
  const last = series.bar(series.length - 1);
  log.debug("Reads prices.", { subject, bars: series.length, first: series.bar(0).date, last: last.date });
  if (method.factKind !== undefined) logFacts(method.factKind, view.facts(subject, method.factKind), log);
  if (!isNear(dayOf(last.date), dayOf(view.asOf))) {
    return abstain(`The last price of ${subject} is of ${last.date}, too long before ${view.asOf}.`);
  }
  const score = method.score(view, subject);
  if (score === null) return abstain(method.explainMissing(view, series));
  if (measureAt(series, trailingVolatility) === null) {
    return abstain(
      `The volatility of ${subject} is not known by ${view.asOf}: nothing says yet what flat is.`,
    );
  }
  const calibrated = calibrate(view, scoring, score, horizonDays);
  if (calibrated === null) {
    return abstain(`Too few scores of the past have a known outcome over ${horizonDays} days to learn from.`);
  }
  const { alike, cases } = calibrated;
  log.info("Compares with the past.", {
    score: rounded(score, 1e4),
    cases,
    alike: alike[0] + alike[1] + alike[2],
  });
  const { words, facts } = method.explain(view, series);
  return {
    type: "opinion",
    probabilities: [...calibrated.probabilities],
    rationale: `${words} ${recordInWords(calibrated, horizonDays)}`,
    evidence: [...facts],
    dataAsOf: newestOf([last.date, ...facts.map((fact) => fact.date)]),
  };
}

function logFacts(kind: string, facts: FactSeries, log: Logger): void {
  const last = facts.length === 0 ? null : facts.record(facts.length - 1).date;
  log.debug("Reads facts.", { kind, records: facts.length, last });
}

function newestOf(dates: readonly string[]): string {
  return dates.toSorted().at(-1) ?? "";
}

function recordInWords({ alike, cases }: CalibratedView, horizonDays: number): string {
  const [down, flat, up] = alike;
  const count = down + flat + up;
  if (count === 0) return `None of ${cases} past cases had such a score, so it says what is usual.`;
  return `Of ${cases} past cases ${count} had such a score: ${down} were down, ${flat} flat and ${up} up after ${horizonDays} days.`;
}
