/** How weighty a line of a log is, and lines by their weight. */
import type { LogLineView } from "@mycroft/protocol";

export type LogLevel = LogLineView["level"];

/** From the least weighty on. */
export const logLevels = ["debug", "info", "warn", "error"] as const satisfies readonly LogLevel[];

/** What a person would call all lines from there on. */
const levelWords: Readonly<Record<LogLevel, string>> = {
  debug: "everything",
  info: "info and above",
  warn: "warnings and errors",
  error: "errors only",
};

export interface LevelChoice {
  readonly value: LogLevel;
  readonly label: string;
}

export const levelChoices: readonly LevelChoice[] = logLevels.map((value) => ({
  value,
  label: levelWords[value],
}));

/** Each with how many of the lines it shows. */
export function countedChoices(lines: readonly { readonly level: LogLevel }[]): readonly LevelChoice[] {
  return levelChoices.map(({ value, label }) => ({
    value,
    label: `${label} (${lines.filter(({ level }) => weighs(level, value)).length})`,
  }));
}

/** Whether a line of that level is among those that weigh as much as `least`. */
export function weighs(level: LogLevel, least: LogLevel): boolean {
  return logLevels.indexOf(level) >= logLevels.indexOf(least);
}
