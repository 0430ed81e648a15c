/** Where output goes: results to standard output, progress and errors to standard error, colour only on a terminal. */
import { styleText } from "node:util";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan" | "magenta";

export interface Terminal {
  /** Whether `--json` was asked for: standard output then carries one JSON value and nothing else. */
  readonly json: boolean;
  /** Whether `--debug` was asked for. */
  readonly debug: boolean;
  /** Whether `progress` shows anything: standard error is a terminal, and `--json` was not asked for. */
  readonly isLive: boolean;
  /** Whether somebody is there who can be waited with: `isLive`, and no machine that builds or tests things. */
  readonly isAttended: boolean;
  /** Columns; 110 when standard output is not a terminal. */
  readonly width: number;
  /** Writes a line of result. */
  readonly print: (line: string) => void;
  /** Writes the JSON value that is the result. */
  readonly printJson: (value: unknown) => void;
  /** Writes one of the JSON values that are the result of a command that goes on: a line each. */
  readonly printJsonLine: (value: unknown) => void;
  /** Writes a line for the person who waits: to standard error. */
  readonly note: (line: string) => void;
  /** Shows a line of progress in place of the one before (on a terminal), or nothing. Empty text removes it. */
  readonly progress: (line: string) => void;
  /** Styles text of a result; plain where standard output is not a terminal. */
  readonly style: (style: Style | readonly Style[], text: string) => string;
}

export interface TerminalStreams {
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
}

export function createTerminal(
  streams: TerminalStreams,
  settings: { readonly json: boolean; readonly debug: boolean },
): Terminal {
  const { out, err } = streams;
  const isLive = err.isTTY && !settings.json;
  const progress = isLive ? progressLine(err) : () => {};
  return {
    ...settings,
    isLive,
    isAttended: isLive && !isAutomatic(process.env["CI"]),
    width: out.isTTY ? Math.max(40, out.columns) : 110,
    print(line) {
      progress("");
      out.write(`${line}\n`);
    },
    printJson(value) {
      progress("");
      out.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    printJsonLine(value) {
      out.write(`${JSON.stringify(value)}\n`);
    },
    note(line) {
      progress("");
      err.write(`${line}\n`);
    },
    progress,
    // `styleText` itself looks at the stream, NO_COLOR and FORCE_COLOR.
    style: (style, text) => styleText(typeof style === "string" ? style : [...style], text, { stream: out }),
  };
}

/** As build services set it. */
function isAutomatic(ci: string | undefined): boolean {
  return ci !== undefined && !["", "0", "false"].includes(ci.toLowerCase());
}

function progressLine(err: NodeJS.WriteStream): (line: string) => void {
  let isShown = false;
  return (line) => {
    if (line === "" && !isShown) return;
    err.write(`\r\u001b[K${line.slice(0, Math.max(1, err.columns - 1))}`);
    isShown = line !== "";
  };
}
