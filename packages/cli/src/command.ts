/**
 * What a command is: its words for the parser and `--help`, and a way to load what it does. The table of commands
 * loads none of them, so that `--help` answers at once.
 */
import type { Terminal } from "./text/terminal.ts";

export interface CommandArgument {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly variadic?: boolean;
}

export interface CommandOption {
  /** Such as `--as-of <date>`. */
  readonly flags: string;
  readonly description: string;
  readonly default?: string | boolean;
  /** Its value is a list with commas: given several times, the lists are joined. Others that take one value are refused then. */
  readonly isCommaList?: true;
}

/** Under which heading of `mycroft --help` a command stands. */
export type CommandGroup = "Decide" | "Steer a run" | "Many machines" | "Schedules" | "Look back" | "Project";

export interface CommandSpec {
  /** One word, or two: `schedule pause` is the command `pause` of the family `schedule`. */
  readonly name: string;
  readonly group: CommandGroup;
  readonly summary: string;
  readonly arguments: readonly CommandArgument[];
  readonly options: readonly CommandOption[];
  /** Command lines that work as they stand; `RUN` and `prices.csv` stand for a run and a file of one's own. */
  readonly examples: readonly string[];
  readonly load: () => Promise<CommandModule>;
}

/** The first word of several commands that does nothing by itself. */
export interface CommandFamily {
  readonly name: string;
  readonly group: CommandGroup;
  readonly summary: string;
}

export interface CommandModule {
  /** @returns the exit code: 0, or 1 when the command did its work and the answer is no. Failures are thrown. */
  readonly execute: (invocation: Invocation) => Promise<number>;
}

export interface Invocation {
  /** By the argument's name; a variadic argument is a list. */
  readonly arguments: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** By the option's name in camel case. */
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly terminal: Terminal;
}
