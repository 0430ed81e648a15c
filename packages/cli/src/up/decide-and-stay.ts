/**
 * What `mycroft start` does in a folder: it lets the committee decide, says how, and then keeps running as `mycroft up` does, with
 * the web page. Where another process holds the record already, that one does the work, and its page is the page.
 */

import { MycroftError } from "@mycroft/errors";
import { readSubjectDecisions } from "@mycroft/record";
import { counted } from "@mycroft/record/text";
import type { Invocation } from "../command.ts";
import {
  type CommitteeQuestion,
  type Decided,
  decideOn,
  questionOn,
  runOf,
} from "../decision/committee-run.ts";
import { readFollowed, refuseFailure } from "../decision/run-and-read.ts";
import { printIntroduction, showDecided } from "../decision/show-committee.ts";
import { tellWaiting } from "../decision/tell-run.ts";
import type { MarketFeed } from "../host/market-feed.ts";
import { openFeed } from "../host/open-feed.ts";
import { RunProgress } from "../host/run-progress.ts";
import { showProgress } from "../host/run-session.ts";
import type { StoreHolder } from "../host/store-holder.ts";
import { waitLines } from "../host/wait-lines.ts";
import { Interrupted } from "../interrupted.ts";
import { someMarket } from "../project/market.ts";
import type { FolderProject } from "../project/open-project.ts";
import { readGraceMs } from "../read-options.ts";
import { printLabelled, printWrapped } from "../text/print-sections.ts";
import { askPage } from "../web/ask-page.ts";
import { hasDesktop, openPage } from "../web/open-page.ts";
import type { WebOptions } from "../web/web-options.ts";
import { keepRunning, type Life } from "./keep-running.ts";
import { summaryRows, tellSummary } from "./up-summary.ts";

export interface StartOptions {
  readonly open: FolderProject;
  readonly web: WebOptions;
  readonly invocation: Invocation;
}

/** @returns the exit code. @throws {MycroftError} the code with which the run failed; those of the store and the server. */
export async function decideAndStay({ open, web, invocation }: StartOptions): Promise<number> {
  const { options, terminal } = invocation;
  const graceMs = readGraceMs(options);
  const { feed, market } = await openFeed(open, invocation);
  const question = questionOn({ open, market: someMarket(open, market) }, {}, options);
  printIntroduction(question, terminal);
  if (!terminal.isLive)
    terminal.note(
      `Running ${question.workflow.name} on ${counted(question.universe.length, "company", "companies")} ...`,
    );
  const start = new Start({ open, web, invocation }, question);
  if ((await askPage(open.place.folder)) === null) {
    try {
      return await start.stay(feed, graceMs);
    } catch (thrown) {
      // Somebody was quicker.
      if (!(thrown instanceof MycroftError) || thrown.code !== "STORE_LOCKED") throw thrown;
    }
  }
  return start.elsewhere();
}

class Start {
  readonly #open: FolderProject;
  readonly #web: WebOptions;
  readonly #invocation: Invocation;
  readonly #question: CommitteeQuestion;
  readonly #progress: RunProgress;
  #isShown = false;
  #forgetPage: () => Promise<void> = async () => {};

  constructor({ open, web, invocation }: StartOptions, question: CommitteeQuestion) {
    this.#open = open;
    this.#web = web;
    this.#invocation = invocation;
    this.#question = question;
    this.#progress = new RunProgress(invocation.terminal);
  }

  /** Holds the record itself until it is told to end. */
  async stay(feed: MarketFeed, graceMs: number): Promise<number> {
    try {
      const exitCode = await keepRunning({
        ...{ open: this.#open, invocation: this.#invocation, graceMs, web: this.#web, feed },
        onUpdate: (update) => this.#progress.take(update),
        greet: (life) => this.#greet(life),
      });
      if (!this.#isShown) throw new Interrupted(exitCode);
      return 0;
    } finally {
      await this.#forgetPage();
    }
  }

  async #greet({ holder, page, log }: Life): Promise<void> {
    const { options, terminal } = this.#invocation;
    const url = page?.signInUrl ?? "";
    if (this.#isShown) {
      // The store had failed, and is there again.
      await tellSummary(holder, url, this.#open, this.#invocation);
      return log.attach(holder.store);
    }
    const decided = await this.#decide(holder);
    this.#progress.end();
    if (decided.record.state.result === null) {
      terminal.print(`Run ${decided.record.header.runId} is under way and waits`);
      for (const line of waitLines(decided.waits, options)) terminal.print(`  ${line}`);
    } else showDecided(decided, this.#invocation);
    this.#isShown = true;
    const rows = await summaryRows(holder, this.#open, options);
    if (rows.length > 0) {
      terminal.print("");
      printLabelled(rows, terminal);
    }
    this.#showPage(
      url,
      "It is there until Ctrl-C ends this process, which meanwhile does what `mycroft up` does.",
    );
    log.attach(holder.store, decided.record.header.runId);
    await this.#openPage(url);
  }

  async #decide(holder: StoreHolder): Promise<Decided> {
    const { activity, controls, store } = holder;
    const runId = await holder.start(runOf(this.#question));
    await showProgress(runId, store, this.#progress);
    activity.watch(runId);
    const settled = controls.orchestrator.waitFor(runId).then(() => activity.settle(runId));
    await Promise.race([settled, activity.untilWaiting(runId)]);
    const worked = await readFollowed(store, runId, this.#open.place);
    refuseFailure(worked.record);
    return { ...worked, ...this.#question, decisions: readSubjectDecisions(worked.record) };
  }

  /** Another process holds the record. */
  async elsewhere(): Promise<number> {
    const { terminal } = this.#invocation;
    const decided = await decideOn(this.#question, this.#invocation);
    if (decided.record.state.result === null) tellWaiting(decided, this.#invocation);
    else showDecided(decided, this.#invocation);
    const held = await askPage(this.#open.place.folder);
    if (held === null) return 0;
    const { holder, url } = held;
    if (url === null) {
      terminal.note(`Process ${holder.pid}, which works on this record, was started without a web page.`);
      return 0;
    }
    this.#showPage(url, `Process ${holder.pid}, which works on this record, has it.`);
    await this.#openPage(url);
    return 0;
  }

  #showPage(url: string, about: string): void {
    const { terminal } = this.#invocation;
    terminal.print("");
    terminal.print(terminal.style("bold", "The same in the browser, from each number to where it came from"));
    // Not wrapped: an address in two parts is none.
    terminal.print(`  ${terminal.style("cyan", url)}`);
    printWrapped(about, terminal, "dim");
  }

  async #openPage(url: string): Promise<void> {
    const { options, terminal } = this.#invocation;
    const desk = { env: process.env, platform: process.platform, isTerminal: terminal.isLive };
    if (options["open"] === false || !hasDesktop(desk)) return;
    this.#forgetPage = await openPage(url, this.#open.place.folder);
  }
}
