/** The sentiment agent: what is said of a company, measured against what is usually said of it. */
import type { BarSeries, FactRecord, FactSeries, MarketView } from "@mycroft/sdk";
import { dayOf } from "../calendar-day.ts";
import { lastClose, newestBar, recordFact } from "./facts.ts";
import { defineScoredAgent } from "./scored-agent.ts";
import { times } from "./wording.ts";

/** The week is compared with the eight weeks before it. */
const weekDays = 7;
const usualDays = 56;
/** A week with less says nothing, nor do weeks before it with less. */
const minTweets = 3;
const minUsualDays = 10;
const minUsualTweets = 30;
/** Tweets of one mood, again and again, are mostly one machine's: nothing can be measured against them. */
const minDeviation = 0.01;

/** Days on which something was said, each weighed by how much. */
interface Mood {
  readonly recent: number;
  readonly usual: number;
  readonly tweets: number;
  /** How far the recent mood is from the usual one, in standard errors. */
  readonly score: number;
}

/**
 * Unusual sentiment: the mean mood of the last week, less that of the eight weeks before it, in standard errors of a mean
 * over so many days, every day weighed by its number of tweets.
 * Source: Tetlock, Saar-Tsechansky and Macskassy 2008, "More than words: quantifying language to measure firms' fundamentals",
 * Journal of Finance 63(3), who standardise the tone of a firm's news by its own past mean and deviation (their section I;
 * a year there, eight weeks here, as tweets have not been collected for long).
 */
export const sentiment = defineScoredAgent({
  name: "sentiment",
  version: "1",
  description:
    "Unusual sentiment against the company's own past weeks (Tetlock, Saar-Tsechansky and Macskassy 2008)",
  capabilities: ["sentiment", "time-series"],
  factKind: "sentiment",
  edges: [-1.5, -0.75, -0.25, 0.25, 0.75, 1.5],
  score: (view, symbol) => {
    const facts = view.facts(symbol, "sentiment");
    return isFresh(view, facts) ? facts.scan(scanKey, startScan).at(facts.length - 1) : null;
  },
  explain: (view, series) => {
    const facts = view.facts(series.symbol, "sentiment");
    const record = facts.record(facts.length - 1);
    const { recent, usual, tweets, score } = newestMood(facts) ?? {
      recent: 0,
      usual: 0,
      tweets: 0,
      score: 0,
    };
    const size = `${times(Math.abs(score))} standard errors ${score < 0 ? "below" : "above"} its usual ${usual.toFixed(3)}`;
    return {
      words: `The mean mood of ${tweets} tweets on ${series.symbol} in a week is ${recent.toFixed(3)} (from -1 to 1), ${size}.`,
      facts: [
        lastClose(view, newestBar(series)),
        recordFact(facts, record, "sentiment1Week", recent),
        recordFact(facts, record, "sentimentUsual", usual),
        recordFact(facts, record, "tweets1Week", tweets),
      ],
    };
  },
  explainMissing,
});

function explainMissing(view: MarketView, { symbol }: BarSeries): string {
  const facts = view.facts(symbol, "sentiment");
  if (facts.length === 0) return `The data holds no sentiment on ${symbol} by ${view.asOf}.`;
  const { date } = facts.record(facts.length - 1);
  if (!isFresh(view, facts))
    return `The last tweets on ${symbol} are of ${date}, too long before ${view.asOf}.`;
  return `There are too few tweets on ${symbol} by ${view.asOf} to tell an unusual week (the first are of ${facts.record(0).date}).`;
}

/** Whether something was said within the week before the view's day. */
function isFresh(view: MarketView, facts: FactSeries): boolean {
  if (facts.length === 0) return false;
  return dayOf(view.asOf) - dayOf(facts.record(facts.length - 1).date) < weekDays;
}

const scanKey = `unusual-sentiment/${weekDays}d-of-${usualDays}d`;

function startScan(): (record: FactRecord) => number | null {
  const window = new MoodWindow();
  return (record) => window.push(record)?.score ?? null;
}

/** The mood behind the newest score. */
function newestMood(facts: FactSeries): Mood | null {
  const last = facts.length - 1;
  const reach = dayOf(facts.record(last).date) - weekDays - usualDays;
  let first = last;
  while (first > 0 && dayOf(facts.record(first - 1).date) > reach) first -= 1;
  const window = new MoodWindow();
  let mood: Mood | null = null;
  for (let index = first; index <= last; index += 1) mood = window.push(facts.record(index));
  return mood;
}

interface Said {
  readonly day: number;
  readonly mood: number;
  readonly tweets: number;
}

/** Fed records in order, it holds those of the last nine weeks. */
class MoodWindow {
  #said: Said[] = [];

  push({ date, values }: FactRecord): Mood | null {
    const { meanCompound: mood, tweets } = values;
    const day = dayOf(date);
    if (mood !== undefined && tweets !== undefined && tweets > 0) this.#said.push({ day, mood, tweets });
    this.#said = this.#said.filter((one) => one.day > day - weekDays - usualDays);
    const weekFrom = day - weekDays;
    const recent = sumUp(this.#said.filter((one) => one.day > weekFrom));
    const before = this.#said.filter((one) => one.day <= weekFrom);
    const usual = sumUp(before);
    if (recent.tweets < minTweets || before.length < minUsualDays || usual.tweets < minUsualTweets)
      return null;
    if (usual.deviation < minDeviation) return null;
    const error = usual.deviation / Math.sqrt(recent.effectiveDays);
    return {
      recent: recent.mean,
      usual: usual.mean,
      tweets: recent.tweets,
      score: (recent.mean - usual.mean) / error,
    };
  }
}

/** Weighed by tweets. As many days tell as much as `effectiveDays` of equal weight (Kish 1965, "Survey Sampling", 11.7). */
function sumUp(said: readonly Said[]) {
  let tweets = 0;
  let squares = 0;
  let sum = 0;
  for (const one of said) {
    tweets += one.tweets;
    squares += one.tweets ** 2;
    sum += one.tweets * one.mood;
  }
  const mean = sum / tweets;
  let spread = 0;
  for (const one of said) spread += one.tweets * (one.mood - mean) ** 2;
  return { tweets, mean, deviation: Math.sqrt(spread / tweets), effectiveDays: tweets ** 2 / squares };
}
