/** Shows what a committee was asked and what it decided, to somebody who sees it for the first time. */

import { mostDisputed, readTimeline, wordBriefly } from "@mycroft/record";
import { counted, durationText } from "@mycroft/record/text";
import type { Invocation } from "../command.ts";
import { placeText } from "../project/host-settings.ts";
import { padText } from "../text/display-width.ts";
import { nextCommands } from "../text/next-commands.ts";
import { printLabelled, printSections, printWrapped } from "../text/print-sections.ts";
import type { Terminal } from "../text/terminal.ts";
import type { CommitteeQuestion, Decided } from "./committee-run.ts";
import { printDecisions } from "./print-decisions.ts";

const shownSymbols = 12;

/** Of a run that has succeeded. */
export function showDecided(
  decided: Decided,
  { options, terminal }: Pick<Invocation, "options" | "terminal">,
): void {
  printDecisions(decided.decisions, terminal, effortText(decided));
  printDispute(decided, terminal);
  printNext(decided, options, terminal);
}

/** Before it is asked. */
export function printIntroduction(
  { market, universe, asOf, workflow }: CommitteeQuestion,
  terminal: Terminal,
): void {
  const { data, report } = market;
  const companies = universe.slice(0, shownSymbols).join(", ");
  const more = universe.length > shownSymbols ? ` and ${universe.length - shownSymbols} more` : "";
  const notes = report?.files.flatMap((file) => file.notes).join(" ") ?? "";
  terminal.print(terminal.style("bold", "Mycroft: a committee of agents on real prices"));
  terminal.print("");
  printLabelled(
    [
      ["Companies", `${companies}${more}`],
      ["Data", `${data.firstDate} to ${data.lastDate}, from ${data.source}. ${notes}`],
      ["As of", `${asOf}; no agent sees anything later. The workflow is ${workflow.name}.`],
      ["Claim", "Every step of a decision can be seen, explained and recomputed. No return is promised."],
    ],
    terminal,
  );
  terminal.print("");
}

function effortText({ record }: Decided): string {
  const attempts = readTimeline(record).tasks.flatMap((task) => task.attempts).length;
  const { startedAt, settledAt } = record.state;
  const took = durationText((settledAt ?? 0) - (startedAt ?? 0));
  return `${counted(attempts, "step")} in ${took}, every answer on disk before the step that needs it.`;
}

function printDispute({ decisions }: Decided, terminal: Terminal): void {
  const disputed = mostDisputed(decisions);
  if (disputed === undefined) return;
  const { headline, sections } = wordBriefly(disputed);
  terminal.print("");
  terminal.print(terminal.style("bold", "The most disputed, as the record tells it"));
  printWrapped(headline, terminal);
  printSections(sections, terminal);
}

function printNext(
  { record, decisions, market, open }: Decided,
  options: Invocation["options"],
  terminal: Terminal,
): void {
  const { runId } = record.header;
  const subject = mostDisputed(decisions)?.subject;
  const commands = [
    ...(subject === undefined
      ? []
      : [[["explain", runId, subject], "all that led to this decision"] as const]),
    [["show", runId], "each step and its times"],
    [["replay", runId], "recompute it from the record"],
    ...(market.isBundled
      ? [[["decide", "AAPL", "IBM", "--as-of", "2008-10-31"], "ask as of another day"] as const]
      : []),
  ] as const;
  const lines = nextCommands(
    commands.map(([words]) => words),
    options,
  );
  const room = Math.max(...lines.map((line) => line.length));
  terminal.print("");
  terminal.print(terminal.style("bold", "On record, and what to type next"));
  printWrapped(`Run ${runId} in ${placeText(open.place)}`, terminal);
  lines.forEach((line, index) => {
    const [, purpose = ""] = commands[index] ?? [];
    terminal.print(`  ${terminal.style("cyan", padText(line, room))}  ${terminal.style("dim", purpose)}`);
  });
}
