/**
 * Ctrl-C and its kin while work is under way. The first signal asks for an orderly end, the second ends the process at
 * once. Without this, a signal ends the process as it always does, which costs nothing but the work in hand (P3).
 */
import { constants } from "node:os";
import { endProcess } from "../end-process.ts";

export interface Interruption {
  /** The exit code that is due, once a signal has come: 128 and its number. */
  readonly exitCode: number | null;
  /** Lets signals end the process again as they always do. */
  stop(): void;
}

export interface InterruptionOptions {
  readonly onFirst: () => void;
  /** These come from the process unless given. */
  readonly source?: SignalSource;
  readonly now?: () => number;
  readonly exit?: (exitCode: number) => void;
}

type Listener = (signal: NodeJS.Signals) => void;

export interface SignalSource {
  on(signal: NodeJS.Signals, listener: Listener): unknown;
  off(signal: NodeJS.Signals, listener: Listener): unknown;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** One press of Ctrl-C may arrive twice: from the terminal, and from an npm or npx that passes it on. */
const onePressMs = 300;

export function watchForInterruption(options: InterruptionOptions): Interruption {
  const { onFirst, source = process, now = () => performance.now(), exit = endProcess } = options;
  let exitCode: number | null = null;
  let firstAt = 0;
  const listener: Listener = (signal) => {
    if (exitCode === null) {
      exitCode = 128 + constants.signals[signal];
      firstAt = now();
      onFirst();
    } else if (now() - firstAt >= onePressMs) {
      exit(exitCode);
    }
  };
  for (const signal of signals) source.on(signal, listener);
  return {
    get exitCode() {
      return exitCode;
    },
    stop() {
      for (const signal of signals) source.off(signal, listener);
    },
  };
}
