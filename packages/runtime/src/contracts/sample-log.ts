/** The largest and worst log that an attempt can have: every store must give it back as it was written (P7, P8). */
import type { AttemptLog, AttemptReport } from "@mycroft/engine";
import { AttemptLogBook, logLimits } from "../attempt-log-book.ts";

const hostile = '\u0000\u001b[31m\u202e</script>"\\ \ud83d\ude00\u2028';

export function fullestLog(): AttemptLog {
  const book = new AttemptLogBook();
  const message = "\u0000".repeat(logLimits.characters / logLimits.lines - 20);
  for (let at = 0; at < 3 * logLimits.lines; at += 1) {
    book.write({ at, level: at % 2 === 0 ? "debug" : "error", message, fields: { [hostile]: at } });
  }
  return book.record;
}

export function loggedReport(): AttemptReport {
  return { startedAt: 1_500, worker: "worker-1", version: "1.2.3", log: fullestLog() };
}
