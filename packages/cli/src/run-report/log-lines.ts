/** What attempts have written to their logs, a line each, for the terminal. */
import type { AttemptLog, JsonValue, LogLevel, LogLine } from "@mycroft/engine";
import type { RunLogLine } from "@mycroft/record";
import { counted, cut, durationText, printable, shortened } from "@mycroft/record/text";
import type { ReportOptions } from "./report-options.ts";

/** `12 ms  info   companies[0]/momentum  Reads prices.  symbol=IBM  bars=123`. */
export function runLogLines(
  lines: readonly RunLogLine[],
  runStart: number,
  { style, all }: Pick<ReportOptions, "style" | "all">,
): readonly string[] {
  return lines.map(({ task, attempt, ...line }) => {
    const who = attempt === 1 ? printable(task) : `${printable(task)} (attempt ${attempt})`;
    return `${levelText(line.level, style)}  ${timeText(line, runStart)}  ${style("bold", who)}  ${wordsOf(line, all)}`;
  });
}

/** Unless all are asked for, the last ones of an attempt: how it ended is what most look for. */
const shownLines = 20;

/** Of one attempt, whose task is known. */
export function attemptLogLines(
  { lines, leftOut }: AttemptLog,
  runStart: number,
  { style, all }: Pick<ReportOptions, "style" | "all">,
): readonly string[] {
  const told = lines.map(
    (line) => `${levelText(line.level, style)}  ${timeText(line, runStart)}  ${wordsOf(line, all)}`,
  );
  const whole =
    leftOut === undefined
      ? told
      : told.toSpliced(
          leftOut.at,
          0,
          `... ${counted(leftOut.count, "line")} left out: too much for a record`,
        );
  const earlier = whole.length - shownLines;
  if (all || earlier <= 1) return whole;
  return [`... ${counted(earlier, "earlier line")}; --all shows them.`, ...whole.slice(earlier)];
}

const levelWidth = 5;
const timeWidth = 8;
const messageLength = 300;
const fieldLength = 60;

const levelStyles = { debug: "dim", info: "dim", warn: "yellow", error: "red" } as const;

function levelText(level: LogLevel, style: ReportOptions["style"]): string {
  return style(levelStyles[level], level.padEnd(levelWidth));
}

/** A worker's clock may be behind the one that began the run. */
function timeText({ at }: LogLine, runStart: number): string {
  return durationText(Math.max(0, at - runStart)).padStart(timeWidth);
}

function wordsOf({ message, fields = {} }: LogLine, all: boolean): string {
  const said = all ? printable(message) : shortened(message, messageLength);
  const parts = Object.entries(fields).map(([name, value]) => `${printable(name)}=${fieldText(value, all)}`);
  return [said, ...parts].join("  ");
}

function fieldText(value: JsonValue, all: boolean): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return printable(all ? text : cut(text, fieldLength));
}
