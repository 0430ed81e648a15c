/**
 * The log of an attempt, as agents and functions write it. Its lines are in the run's record, and change nothing in it. Writing
 * never throws and never waits, whatever is written.
 */

export interface Logger {
  /** For whoever looks for a mistake. */
  debug(message: string, fields?: LogFields): void;
  /** What the work came to, step by step. */
  info(message: string, fields?: LogFields): void;
  /** Something was not as it should be; the work goes on. */
  warn(message: string, fields?: LogFields): void;
  /** Something went wrong; whoever gives up throws as well. */
  error(message: string, fields?: LogFields): void;
}

/**
 * What a line is about, beside its words. JSON is kept as it is, of an error its name, message, code and cause; what cannot be
 * kept as JSON is described, and what is too much is cut or counted: together they have at most 2,000 characters.
 */
export type LogFields = Readonly<Record<string, unknown>>;

/** Keeps nothing: for calling agents and functions by hand. */
export const noLog: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function nothing(): void {}
