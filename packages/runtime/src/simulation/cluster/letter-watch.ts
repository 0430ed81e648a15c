/**
 * Watches the letters in the store: each goes with the event that it tells of, in one append, or nothing follows from it by what
 * is durable at that moment.
 */
import type { RunEvent } from "@mycroft/engine";
import type { Letter, SharedAppend } from "../../ports/shared-store.ts";
import { maxIgnoredEvents } from "../check-end.ts";
import { type DurableRuns, isSettled } from "../durable-runs.ts";
import { nameOf } from "../executions.ts";
import type { Rule } from "../rules.ts";

export interface LetterWatchOptions {
  readonly durable: DurableRuns;
  readonly accuse: (rule: Rule, detail: string) => void;
  readonly now: () => number;
}

interface Kept {
  readonly letter: Letter;
  readonly since: number;
}

export class LetterWatch {
  readonly #options: LetterWatchOptions;
  readonly #letters = new Map<string, Kept>();
  #taken = 0;

  constructor(options: LetterWatchOptions) {
    this.#options = options;
  }

  /** How many have become events. */
  get taken(): number {
    return this.#taken;
  }

  /** Those in the store, and since when. */
  kept(): Iterable<Kept> {
    return this.#letters.values();
  }

  /** Whether there is a letter with the outcome of the attempt. */
  tellsOf(attempt: string): boolean {
    for (const { letter } of this.#letters.values()) if (attemptOfLetter(letter) === attempt) return true;
    return false;
  }

  receives(letters: readonly Letter[]): void {
    const since = this.#options.now();
    for (const letter of letters)
      if (!this.#letters.has(letter.id)) this.#letters.set(letter.id, { letter, since });
  }

  /** The append is durable. */
  takes({ runId, events, outbox }: SharedAppend): void {
    const { accuse } = this.#options;
    const left = [...events];
    for (const id of outbox?.lettersTaken ?? []) {
      const letter = this.#letters.get(id)?.letter;
      this.#letters.delete(id);
      this.#taken += 1;
      const at = letter === undefined ? -1 : left.findIndex((event) => isEventOf(letter, event));
      if (at === -1) accuse("letters", `an append to ${runId} takes letter ${id}, and has not its event`);
      else left.splice(at, 1);
    }
    const outcome = left.find(isWorkersOutcome);
    if (outcome !== undefined) accuse("letters", `an outcome for ${runId} comes from no letter`);
  }

  drops(ids: readonly string[]): void {
    for (const id of ids) {
      const letter = this.#letters.get(id)?.letter;
      this.#letters.delete(id);
      if (letter !== undefined && this.#isOwed(letter)) {
        this.#options.accuse(
          "letters",
          `letter ${id} to ${letter.runId} is dropped: ${JSON.stringify(letter.body)}`,
        );
      }
    }
  }

  /** Whether something was to follow from the letter. */
  #isOwed({ runId, body }: Letter): boolean {
    const run = this.#options.durable.get(runId);
    if (run === undefined || body.kind === "begin") return false;
    if (body.kind === "outcome") return run.state.ignored < maxIgnoredEvents;
    if (isSettled(run)) return false;
    const { event } = body;
    if (event.type === "signalReceived") return event.id === undefined || !run.signals.ids.has(event.id);
    if (event.type === "approvalDecided")
      return run.state.tasks.get(event.task)?.status === "waitingForApproval";
    return true;
  }
}

function attemptOfLetter({ body }: Letter): string | null {
  return body.kind === "outcome" ? nameOf(body.key) : null;
}

/** Child runs' ends are told without letters. */
function isWorkersOutcome(event: RunEvent): boolean {
  if (event.type !== "attemptSucceeded" && event.type !== "attemptFailed") return false;
  return event.report?.worker !== "orchestrator";
}

function isEventOf({ body }: Letter, event: RunEvent): boolean {
  if (body.kind === "begin") return false;
  if (body.kind === "event") return body.event.type === event.type;
  const isOutcome = event.type === "attemptSucceeded" || event.type === "attemptFailed";
  return isOutcome && event.task === body.key.task && event.attempt === body.key.attempt;
}
