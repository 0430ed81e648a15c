/** A terminal for tests that wait until something has been said. */
import type { Terminal } from "../text/terminal.ts";
import { type PlainTerminal, plainTerminal } from "./plain-terminal.ts";

export interface ListeningTerminal {
  readonly terminal: PlainTerminal;
  /** Resolves with the first match in what was noted or shown as progress. */
  readonly noted: (form: RegExp) => Promise<RegExpExecArray>;
}

export function listeningTerminal(
  settings: Partial<Pick<Terminal, "isLive" | "isAttended">> = {},
): ListeningTerminal {
  const inner = plainTerminal(settings);
  const listeners = new Set<() => void>();
  const hear = (write: (line: string) => void) => (line: string) => {
    write(line);
    for (const listener of listeners) listener();
  };
  const terminal = { ...inner, note: hear(inner.note), progress: hear(inner.progress) };
  const noted = (form: RegExp) =>
    new Promise<RegExpExecArray>((resolve) => {
      const look = () => {
        const found = form.exec(inner.noted.join("\n"));
        if (found !== null) resolve(found);
      };
      listeners.add(look);
      look();
    });
  return { terminal, noted };
}
