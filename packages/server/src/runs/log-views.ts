/** Log lines as the API tells them: no answer grows with how many attempts there were, or how much they wrote (P8). */
import type { AttemptLog, LogLine } from "@mycroft/engine";
import type { AttemptLogView, LogLineView, LogPage } from "@mycroft/protocol";
import type { LogReading } from "@mycroft/record";
import type { ValueBudget } from "./bounded-json.ts";

/** Characters of JSON of one page, about. A page has one line at least, however long that is. */
const pageCharacters = 1024 * 1024;

export function logPage({ lines, leftOut }: LogReading, from: number, limit: number): LogPage {
  const page: LogPage["lines"] = [];
  let room = pageCharacters;
  for (const { task, attempt, ...line } of lines.slice(from, from + limit)) {
    const view = { ...lineView(line), task, attempt };
    room -= JSON.stringify(view).length;
    if (room < 0 && page.length > 0) break;
    page.push(view);
  }
  const end = from + page.length;
  return { lines: page, total: lines.length, leftOut, next: end < lines.length ? end : null };
}

/** Where there is no room for it in the answer, only how many lines there are. */
export function attemptLogView({ lines, leftOut }: AttemptLog, room: ValueBudget): AttemptLogView {
  if (room.takes(Buffer.byteLength(JSON.stringify(lines)))) {
    return { lines: lines.map(lineView), leftOut: leftOut === undefined ? null : { ...leftOut } };
  }
  return { lines: [], leftOut: { at: 0, count: lines.length + (leftOut?.count ?? 0) } };
}

function lineView({ fields, ...line }: LogLine): LogLineView {
  return { ...line, fields: fields === undefined ? null : { ...fields } };
}
