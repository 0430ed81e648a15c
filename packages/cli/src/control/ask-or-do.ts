/**
 * The way of a command that changes something: to the process that holds the store when there is one, else it holds the
 * store itself. A holder that does not listen yet, or not any more, is waited for.
 */
import { setTimeout as wait } from "node:timers/promises";
import { MycroftError } from "@mycroft/errors";
import {
  type OperationInput,
  type OperationName,
  type OperationOutput,
  readOutput,
} from "@mycroft/server/operations";
import type { Terminal } from "../text/terminal.ts";
import { askHolder } from "./control-client.ts";
import type { HolderMark } from "./control-protocol.ts";

export interface Asking<Name extends OperationName> {
  readonly recordFolder: string;
  readonly name: Name;
  readonly input: OperationInput<Name>;
  readonly terminal: Pick<Terminal, "progress">;
  /** How long a holder that does not listen is waited for: 15 seconds unless given. */
  readonly patienceMs?: number;
}

export type AskedOrDone<Name extends OperationName, Done> =
  | { readonly kind: "asked"; readonly holder: HolderMark; readonly value: OperationOutput<Name> }
  | { readonly kind: "done"; readonly value: Done };

const usualPatienceMs = 15_000;
const betweenMs = 100;
/** An answer that takes longer is worth a word to whoever waits. */
const slowMs = 1_000;

/**
 * @param doHere opens the store; called again when that failed with STORE_LOCKED.
 * @throws {MycroftError} what the operation throws, here or there; STORE_LOCKED when the holder does not listen.
 */
export async function askOrDo<Name extends OperationName, Done>(
  { recordFolder, name, input, terminal, patienceMs = usualPatienceMs }: Asking<Name>,
  doHere: () => Promise<Done>,
): Promise<AskedOrDone<Name, Done>> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const late = setTimeout(
      () => terminal.progress("The process that holds the store has been asked ..."),
      slowMs,
    );
    const answer = await askHolder(recordFolder, { operation: name, input }).finally(() =>
      clearTimeout(late),
    );
    if (answer !== null) {
      terminal.progress("");
      if ("error" in answer) throw answer.error;
      return { kind: "asked", holder: answer.holder, value: readOutput(name, answer.value) };
    }
    try {
      return { kind: "done", value: await doHere() };
    } catch (thrown) {
      if (!(thrown instanceof MycroftError) || thrown.code !== "STORE_LOCKED") throw thrown;
      if (performance.now() >= until) throw deaf(thrown);
      terminal.progress(`Waiting for process ${thrown.details?.["pid"] ?? "?"}, which holds the store ...`);
      await wait(betweenMs);
    }
  }
}

function deaf(thrown: MycroftError): MycroftError {
  const { message, details } = thrown;
  return new MycroftError(
    "STORE_LOCKED",
    `${message} It does not listen to other commands: it is only starting or ending, is stopped, runs under another ` +
      "user or on another machine, or its folder can hold no socket.",
    { ...(details === undefined ? {} : { details }), cause: thrown },
  );
}
