/**
 * `mycroft backtest explain ID SYMBOL`: does one day of a backtest again, checks that the decision is the recorded one, and
 * explains it as a live run's. Exit code 1 when the decision came out different.
 */

import { findBacktest, planBacktest, readBacktestDays, replayDay } from "@mycroft/backtest";
import { MycroftError } from "@mycroft/errors";
import { readSubjectDecisions, wordDecision } from "@mycroft/record";
import { existing, suggestion } from "@mycroft/record/text";
import { backtestTargets } from "../backtest/backtest-targets.ts";
import type { Invocation } from "../command.ts";
import { decisionJson } from "../decision/run-json.ts";
import { readFolder } from "../host/read-record.ts";
import { findWorkflow } from "../project/find-workflow.ts";
import { requireMarket } from "../project/market.ts";
import { openProject } from "../project/open-project.ts";
import { readArgument, readDate, readText } from "../read-options.ts";
import { printSections } from "../text/print-sections.ts";

export async function execute({ arguments: given, options, terminal }: Invocation): Promise<number> {
  const open = await openProject(options);
  const { heading, days } = await readFolder(open.recordFolder, async (store) => {
    const found = await findBacktest(store, readArgument(given, "id"));
    return { heading: found, days: await readBacktestDays(store, found.id) };
  });
  const { data } = await requireMarket(open, options, terminal);
  const plan = planBacktest(findWorkflow(open, heading.workflow), data, heading.settings as object);
  if (plan.id !== heading.id) throw changed(heading.dataHash === data.hash, heading.id, heading.source);
  const date = readDate(options, "date") ?? days.at(-1)?.date ?? plan.days[0] ?? "";
  const variant = readText(options, "variant");
  const target = { date, ...(variant === undefined ? {} : { variant }) };
  const { record, hash, recordedHash } = await replayDay(plan, days, target, backtestTargets(open.project));
  const decisions = readSubjectDecisions(record);
  const wanted = readArgument(given, "symbol").toUpperCase();
  const found = decisions.filter(({ subject }) => subject === wanted);
  if (found.length === 0) {
    const subjects = [...new Set(decisions.map(({ subject }) => subject))].sort();
    throw new MycroftError(
      "NOT_FOUND",
      `On ${date} nothing was decided on ${wanted}; ${existing(subjects)}.${suggestion(wanted, subjects)}`,
      { details: { date, symbol: wanted, known: subjects } },
    );
  }
  const agrees = recordedHash === null ? null : recordedHash === hash;
  if (terminal.json) {
    const explained = found.map((one) => ({
      ...decisionJson(one),
      explanation: wordDecision(one),
      resolution: one.resolution,
      evidence: one.evidence,
      position: one.position,
    }));
    terminal.printJson({
      backtest: heading.id,
      date,
      variant: variant ?? plan.variants[0]?.name,
      hash,
      recordedHash,
      agrees,
      decisions: explained,
    });
    return agrees === false ? 1 : 0;
  }
  for (const one of found) {
    const { headline, sections } = wordDecision(one);
    terminal.print(terminal.style("bold", headline));
    printSections(sections, terminal);
  }
  printSections(
    [{ title: "On record", sentences: recordSentences(heading.id, date, hash, recordedHash) }],
    terminal,
  );
  return agrees === false ? 1 : 0;
}

function recordSentences(
  id: string,
  date: string,
  hash: string,
  recordedHash: string | null,
): readonly string[] {
  const done = `Day ${date} of backtest ${id} was done again just now: decision hash ${hash}.`;
  if (recordedHash === null)
    return [done, "The backtest has not come to that day yet, so there is nothing to hold it against."];
  return [
    done,
    recordedHash === hash
      ? "It is the recorded one."
      : `The record says ${recordedHash}: the decision is not the same.`,
  ];
}

function changed(isSameData: boolean, id: string, source: string): MycroftError {
  const what = isSameData
    ? "The workflow, or one of its policies, is not the one"
    : `The data is not the one (${source})`;
  return new MycroftError(
    "RUN_WITHHELD",
    `${what} that backtest ${id} was made with: what it decided cannot be done again.`,
    {
      details: { id },
    },
  );
}
