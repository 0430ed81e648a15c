/** The way of a log line from whoever writes it to the attempt's report. Whatever is written, the attempt does not fail of it. */
import type { LogLevel } from "@mycroft/engine";
import type { AttemptControl } from "@mycroft/runtime";
import { type LogFields, type Logger, noLog } from "@mycroft/sdk";
import { logFields, logText } from "./log-fields.ts";

export function attemptLogger(control: AttemptControl): Logger {
  if (control.log === undefined) return noLog;
  const write = (level: LogLevel) => (message: string, fields?: LogFields) => {
    try {
      control.log?.(lineOf(level, message, fields));
    } catch {
      // Whoever keeps the lines may be in trouble; the work that they are about is not.
    }
  };
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}

/** Authors may write in JavaScript: message and fields may be anything. */
function lineOf(level: LogLevel, message: unknown, fields: unknown) {
  const line = { level, message: logText(message) };
  return fields === undefined ? line : { ...line, fields: logFields(fields) };
}
