/**
 * Cases of history for the Lab: a company on days of a grid, with what each agent says as of the day (P5) and what
 * followed. Cases are kept for a while, since whoever steps through time asks for the same ones again.
 */
import { setImmediate } from "node:timers/promises";
import { PastAsker } from "@mycroft/backtest";
import { asMycroftError } from "@mycroft/errors";
import { findOutcome, outcomes } from "@mycroft/investing";
import { apiLimits, type LabCases } from "@mycroft/protocol";
import { cut } from "@mycroft/record/text";
import type { MarketData, MarketView, Project } from "@mycroft/sdk";
import { seriesOf } from "../market/market-answers.ts";

export interface LabQuery {
  readonly subject: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly horizonDays: number;
  readonly everyDays: number;
}

/** The newest are given of more. */
const mostCases = 200;
/** Answers that are kept, the last that were asked for. */
const mostKept = 32;
/** For how long agents may hold the thread at a stretch. */
const turnMs = 8;
const dayMs = 86_400_000;

export class LabBook {
  readonly #project: Project;
  readonly #kept = new Map<string, Promise<LabCases>>();
  #asker: { readonly market: MarketData; readonly asker: PastAsker } | null = null;

  constructor(project: Project) {
    this.#project = project;
  }

  /** @throws {MycroftError} SYMBOL_UNKNOWN. */
  find(market: MarketData, query: LabQuery): Promise<LabCases> {
    const key = JSON.stringify([market.hash, query]);
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const made = this.#make(market, query);
    this.#kept.set(key, made);
    // What failed is not kept.
    made.catch(() => this.#kept.delete(key));
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest);
    return made;
  }

  async #make(market: MarketData, query: LabQuery): Promise<LabCases> {
    const { subject, horizonDays } = query;
    const end = market.asOf(market.lastDate);
    seriesOf(end, subject);
    const { agents } = this.#project;
    const asker = this.#askerOf(market);
    const cases: LabCases["cases"] = [];
    let turnEnds = performance.now() + turnMs;
    for (const asOf of daysOf(end, query)) {
      await asker.leadTo(asOf, horizonDays, never);
      const one: LabCases["cases"][number] = {
        asOf,
        opinions: [],
        abstentions: [],
        ...followed(end, subject, asOf, horizonDays),
      };
      for (const { name } of agents) {
        const answer = await answerOf(asker, name, { subject, asOf, horizonDays });
        if ("reason" in answer) one.abstentions.push(answer);
        else one.opinions.push(answer);
        if (performance.now() < turnEnds) continue;
        await setImmediate();
        turnEnds = performance.now() + turnMs;
      }
      cases.push(one);
    }
    return {
      subject,
      outcomes: [...outcomes],
      horizonDays,
      agents: agents.map(({ name }) => name),
      cases,
    };
  }

  /** One for each version of the data: who is too slow for the past is not asked again. */
  #askerOf(market: MarketData): PastAsker {
    if (this.#asker?.market === market) return this.#asker.asker;
    const asker = new PastAsker(this.#project.agents, market);
    this.#asker = { market, asker };
    return asker;
  }
}

/** The days of the grid, each moved back to the company's last bar by then, once each: the newest, in order. */
function daysOf(end: MarketView, { subject, from, to, everyDays }: LabQuery): readonly string[] {
  const series = end.series(subject);
  const first = series.bar(0).date;
  const last = series.bar(series.length - 1).date;
  const begin = from !== undefined && from > first ? from : first;
  const days: string[] = [];
  // The grid stands still, so that another `to` gives the same cases.
  const step = everyDays * dayMs;
  const stop = Date.parse(to !== undefined && to < last ? to : last);
  for (let at = Math.floor(stop / step) * step; days.length < mostCases; at -= step) {
    const index =
      at < 0 && at < Date.parse(begin) ? -1 : series.indexAt(new Date(at).toISOString().slice(0, 10));
    if (index < 0) break;
    const { date } = series.bar(index);
    if (date < begin) break;
    if (date !== days.at(-1)) days.push(date);
  }
  return days.reverse();
}

function followed(end: MarketView, subject: string, asOf: string, horizonDays: number) {
  const series = end.series(subject);
  const index = series.indexAt(asOf);
  const found = findOutcome(end, subject, asOf, horizonDays);
  const outcome =
    found === null ? null : { date: found.to, index: found.index, return: Math.expm1(found.logReturn) };
  return { outcome, close: index < 0 ? null : series.bar(index).close };
}

type LabOpinion = LabCases["cases"][number]["opinions"][number];
type LabAbstention = LabCases["cases"][number]["abstentions"][number];

/** A bad agent abstains with its error (P7). */
async function answerOf(
  asker: PastAsker,
  agent: string,
  question: { readonly subject: string; readonly asOf: string; readonly horizonDays: number },
): Promise<LabOpinion | LabAbstention> {
  try {
    const view = await asker.ask(agent, { ...question, outcomes: [...outcomes] }, never);
    if (view.type === "abstention") return { agent, reason: cut(view.reason, apiLimits.shownText) };
    const { version, probabilities, rationale } = view;
    return {
      agent,
      version,
      probabilities: [...probabilities],
      rationale: cut(rationale, apiLimits.shownText),
    };
  } catch (thrown) {
    return { agent, reason: cut(asMycroftError(thrown, "TASK_FAILED").message, apiLimits.shownText) };
  }
}

const never = new AbortController().signal;
