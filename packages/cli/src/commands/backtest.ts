/** `mycroft backtest`: walks a workflow through history, and shows what following it would have come to. */
import { writeFile } from "node:fs/promises";
import { backtestHtml, type FinishedBacktest, planBacktest, runBacktest } from "@mycroft/backtest";
import { openSqliteStore } from "@mycroft/embedded";
import { MycroftError } from "@mycroft/errors";
import { counted, durationText } from "@mycroft/record/text";
import { backtestTargets } from "../backtest/backtest-targets.ts";
import { BacktestThreads } from "../backtest/backtest-threads.ts";
import { printBacktest } from "../backtest/print-backtest.ts";
import { readSettings, readThreads } from "../backtest/read-settings.ts";
import type { Invocation } from "../command.ts";
import { withHolderAdvice } from "../host/held-elsewhere.ts";
import { watchForInterruption } from "../host/interruption.ts";
import { Interrupted } from "../interrupted.ts";
import { findCommittee } from "../project/find-workflow.ts";
import { noteLoadReport, requireMarket } from "../project/market.ts";
import { openProject } from "../project/open-project.ts";
import { readText } from "../read-options.ts";
import { nextCommands } from "../text/next-commands.ts";

export async function execute({ options, terminal }: Invocation): Promise<number> {
  const open = await openProject(options);
  const workflow = findCommittee(open, readText(options, "workflow"));
  const targets = backtestTargets(open.project);
  const given = await readSettings(options, targets.policies);
  const market = await requireMarket(open, options, terminal);
  if (!terminal.json) noteLoadReport(market, terminal);
  const plan = planBacktest(workflow, market.data, given);
  const { recordFolder: folder } = open;
  const { retentionDays } = open.project;
  const store = await withHolderAdvice(folder, adviceOfHolder, () =>
    openSqliteStore({ folder, retentionDays }),
  );
  const stop = new AbortController();
  const interruption = watchForInterruption({
    onFirst: () => {
      terminal.note(
        `Stopping. What is done is kept; the same command goes on from there. Ctrl-C once more stops at once.`,
      );
      stop.abort();
    },
  });
  const threads = new BacktestThreads(plan, options, readThreads(options));
  let finished: FinishedBacktest;
  const progress = progressOf(plan.days.length, terminal);
  try {
    finished = await runBacktest(plan, targets, {
      store,
      signal: stop.signal,
      onProgress: progress,
      deciders: threads.deciders,
    });
  } catch (thrown) {
    if (interruption.exitCode === null) throw thrown;
    throw new Interrupted(interruption.exitCode);
  } finally {
    terminal.progress("");
    interruption.stop();
    await threads.close();
    await store.close();
  }
  const { report, resumedAt } = finished;
  const file = readText(options, "html");
  if (file !== undefined) await write(file, backtestHtml(report));
  if (terminal.json) {
    terminal.printJson({ backtest: report });
    return 0;
  }
  if (resumedAt === plan.days.length) terminal.note("It was on record whole; nothing was run again.");
  else if (resumedAt > 0)
    terminal.note(
      `It went on after ${resumedAt} of ${counted(plan.days.length, "day")} that were on record.`,
    );
  printBacktest(report, terminal);
  if (file !== undefined) terminal.note(`Plots: ${file}`);
  const day = plan.days.at(-1) ?? "";
  const company = market.data.asOf(day).symbols()[0] ?? "";
  const next = ["backtest", "explain", report.id, company, "--date", day];
  for (const line of nextCommands([next], options)) terminal.note(`Next: ${line}`);
  return 0;
}

function adviceOfHolder(page: string | null): string {
  const there = page === null ? "" : `Start the backtest on its page, ${page}/experiments, or s`;
  return `${there === "" ? "S" : there}top that process first, or keep this backtest in another folder with --folder.`;
}

/** A line each tenth of a second says how far it is and how long it will yet take. */
function progressOf(total: number, terminal: Invocation["terminal"]): (done: number) => void {
  const started = performance.now();
  let first: number | null = null;
  let shownAt = Number.NEGATIVE_INFINITY;
  return (done) => {
    const now = performance.now();
    first ??= done;
    if (now - shownAt < 100) return;
    shownAt = now;
    const own = done - first;
    const left = own === 0 ? "" : `, about ${durationText(((now - started) / own) * (total - done))} left`;
    terminal.progress(`Backtest: day ${done} of ${total}${left} ...`);
  };
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    const because = cause instanceof Error ? cause.message : String(cause);
    throw new MycroftError("PROJECT_UNWRITABLE", `${file} cannot be written: ${because}`, {
      details: { file },
      cause,
    });
  }
}
