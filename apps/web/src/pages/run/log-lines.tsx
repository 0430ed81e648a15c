/** Lines of a log: when, how weighty, and what was said. Long ones are folded, and nothing in them is more than text. */
import "./log-lines.css";
import type { LogLineView } from "@mycroft/protocol";
import type { ReactNode } from "react";
import { Badge, type Tone } from "../../design/badge.tsx";
import { formatDuration, formatPlural } from "../../design/format.ts";
import { JsonView } from "../../design/json-view.tsx";
import { SafeText } from "../../design/safe-text.tsx";

export type LogLevel = LogLineView["level"];

/** From the least weighty on, with what a person would call all from there. */
export const levelChoices: readonly { readonly value: LogLevel; readonly label: string }[] = [
  { value: "debug", label: "everything" },
  { value: "info", label: "info and above" },
  { value: "warn", label: "warnings and errors" },
  { value: "error", label: "errors" },
];

const tones: Readonly<Record<LogLevel, Tone>> = {
  debug: "neutral",
  info: "neutral",
  warn: "warn",
  error: "bad",
};

interface LogLinesProps<Line extends LogLineView> {
  readonly lines: readonly Line[];
  /** From when times count. */
  readonly since: number;
  /** What stands before a line's words, such as whose it is. */
  readonly before?: (line: Line) => ReactNode;
  /** Lines that are missing before `lines[at]`. */
  readonly leftOut?: { readonly at: number; readonly count: number } | null;
}

export function LogLines<Line extends LogLineView>({
  lines,
  since,
  before,
  leftOut = null,
}: LogLinesProps<Line>) {
  return (
    <ol className="log">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: Lines of a log never change places.
        <li key={index} className={`log-line log-${line.level}`}>
          {leftOut?.at === index && <LeftOut count={leftOut.count} />}
          <span className="log-time number" title={new Date(line.at).toISOString()}>
            {formatDuration(Math.max(0, line.at - since))}
          </span>
          <Badge tone={tones[line.level]}>{line.level}</Badge>
          <span className="log-words">
            {before?.(line)}
            <SafeText text={line.message} foldAt={400} />
            {line.fields !== null && <Fields fields={line.fields} />}
          </span>
        </li>
      ))}
    </ol>
  );
}

function LeftOut({ count }: { readonly count: number }) {
  return (
    <span className="log-left-out quiet">{formatPlural(count, "line")} left out: too much for a record</span>
  );
}

const shortField = 60;

function Fields({ fields }: { readonly fields: NonNullable<LogLineView["fields"]> }) {
  const entries = Object.entries(fields);
  const isShort = entries.every(
    ([, value]) => typeof value !== "object" && String(value).length <= shortField,
  );
  if (!isShort) return <JsonView value={fields} />;
  return (
    <span className="log-fields mono">
      {entries.map(([name, value]) => (
        <span key={name} className="log-field">
          <span className="log-field-name">
            <SafeText text={name} foldAt={40} />=
          </span>
          <SafeText text={String(value)} foldAt={shortField} />
        </span>
      ))}
    </span>
  );
}
