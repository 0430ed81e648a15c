/**
 * One attempt in a worker's hands, from its message to its report (E4, E10, E11): claimed, executed, reported. What ends it
 * before its time depends on how far it is:
 *
 * - It is not wanted when it is claimed: nothing is executed, or reported.
 * - Its time is over, or nothing was heard of it for too long: that is its outcome, whatever the agent still says.
 * - It is cancelled before it has an outcome: there is none, since nobody wants it. A report that is under way goes on.
 * - It is given up, or fails for a reason that is not the agent's: its lease and its message go back, for somebody else.
 *
 * An agent may ignore the signal that tells it; the attempt ends all the same.
 */
import type { AttemptReport, LogLine, MessageRecord, TaskError } from "@mycroft/engine";
import { asMycroftError, type MycroftError } from "@mycroft/errors";
import { AttemptLogBook } from "./attempt-log-book.ts";
import type { Deadline, Deadlines } from "./deadlines.ts";
import type { AttemptLedger } from "./ports/attempt-ledger.ts";
import type { Clock } from "./ports/clock.ts";
import type { AttemptControl, AttemptOutcome, AttemptRequest, Gateway } from "./ports/gateway.ts";
import type { Delivery, TaskMessage } from "./ports/queue.ts";

export interface Hands {
  /** The worker's name. */
  readonly name: string;
  readonly ledger: AttemptLedger;
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  /** Called once for each, when it is done with; `failure` is why it was left to others, if it was. */
  readonly onOver: (attempt: AttemptInHand, failure?: MycroftError) => void;
}

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

export class AttemptInHand implements AttemptControl {
  readonly message: TaskMessage;
  readonly #hands: Hands;
  #stage: "claiming" | "executing" | "reporting" | "over" = "claiming";
  #startedAt = 0;
  /** When it was last heard of, by the time that has elapsed. */
  #heardAt = 0;
  #deadline: Deadline | null = null;
  #silence: Deadline | null = null;
  #controller: AbortController | null = null;
  #isAborted = false;
  #tellMessages: (() => readonly MessageRecord[]) | null = null;
  /** Made for the first line: most attempts write none. */
  #logBook: AttemptLogBook | null = null;
  /** What `handle` returned is settled by these. */
  #resolve: () => void = () => {};
  #reject: (reason: unknown) => void = () => {};

  constructor(message: TaskMessage, hands: Hands) {
    this.message = message;
    this.#hands = hands;
  }

  /** Made when it is first asked for: few ask, and it costs as much as dispatching the attempt. */
  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#isAborted) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  /** Whether it has been granted. */
  get isClaimed(): boolean {
    return this.#stage !== "claiming";
  }

  heartbeat(): void {
    this.#heardAt = this.#hands.clock.elapsed();
  }

  onReport(tell: () => readonly MessageRecord[]): void {
    this.#tellMessages = tell;
  }

  log(line: Omit<LogLine, "at">): void {
    if (this.#stage !== "executing") return;
    this.#logBook ??= new AttemptLogBook();
    this.#logBook.write({ at: this.#hands.clock.now(), ...line });
  }

  /** Resolves when the message is done with; rejects when it is to be delivered again. */
  handle(delivery: Delivery): Promise<void> {
    const { ledger, name } = this.#hands;
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      try {
        ledger.claim(this.message, name, delivery).then(this.#execute, this.giveUp);
      } catch (thrown) {
        this.giveUp(thrown);
      }
    });
  }

  /** E11: nobody wants its outcome any more. */
  cancel(): void {
    if (this.#stage === "reporting" || this.#stage === "over") return;
    this.#finish();
    this.#abort();
  }

  /** Leaves it to others: nothing more is reported. */
  readonly giveUp = (reason: unknown): void => {
    if (this.#stage === "over") return;
    this.#handBack();
    // Whoever handed the message out has it again, and delivers it anew.
    this.#reject(reason);
    this.#end(asMycroftError(reason));
    this.#abort();
  };

  readonly #execute = (request: AttemptRequest | null): void => {
    if (this.#stage === "over" && request !== null) this.#handBack();
    else if (request === null) this.#finish();
    else {
      this.#stage = "executing";
      this.#startedAt = this.#hands.clock.now();
      this.#watch(request);
      try {
        this.#hands.gateway.execute(request, this).then(this.#report, this.giveUp);
      } catch (thrown) {
        this.giveUp(thrown);
      }
    }
  };

  readonly #report = (outcome: AttemptOutcome): void => {
    if (this.#stage !== "executing") return;
    this.#stage = "reporting";
    this.#unwatch();
    const { ledger, name } = this.#hands;
    try {
      ledger.report(this.message, outcome, this.#ownReport(name)).then(this.#finish, this.giveUp);
    } catch (thrown) {
      this.giveUp(thrown);
    }
  };

  #ownReport(worker: string): AttemptReport {
    const messages = this.#tellMessages?.() ?? [];
    const report: Writable<AttemptReport> = { startedAt: this.#startedAt, worker };
    if (messages.length > 0) report.messages = messages;
    if (this.#logBook !== null) report.log = this.#logBook.record;
    return report;
  }

  readonly #finish = (): void => {
    this.#resolve();
    this.#end();
  };

  #end(failure?: MycroftError): void {
    if (this.#stage === "over") return;
    this.#stage = "over";
    this.#unwatch();
    this.#hands.onOver(this, failure);
  }

  #handBack(): void {
    const { ledger, name } = this.#hands;
    ledger.handBack(this.message, name);
  }

  #watch(request: AttemptRequest): void {
    const { clock, deadlines } = this.#hands;
    this.#heardAt = clock.elapsed();
    const action = () => this.#expire(timedOut(request));
    this.#deadline = { dueAt: this.#heardAt + request.timeoutMs, action };
    deadlines.set(this.#deadline);
    if (request.heartbeatTimeoutMs !== null) this.#listen(request, request.heartbeatTimeoutMs);
  }

  /** Ends the attempt when it has been silent for too long; until then looks again when that may be. */
  #listen(request: AttemptRequest, heartbeatTimeoutMs: number): void {
    const { clock, deadlines } = this.#hands;
    const dueAt = this.#heardAt + heartbeatTimeoutMs;
    if (dueAt <= clock.elapsed()) {
      this.#expire(silent(request, heartbeatTimeoutMs));
      return;
    }
    this.#silence = { dueAt, action: () => this.#listen(request, heartbeatTimeoutMs) };
    deadlines.set(this.#silence);
  }

  #unwatch(): void {
    const { deadlines } = this.#hands;
    if (this.#deadline !== null) deadlines.clear(this.#deadline);
    if (this.#silence !== null) deadlines.clear(this.#silence);
  }

  #expire(outcome: AttemptOutcome): void {
    this.#report(outcome);
    this.#abort();
  }

  #abort(): void {
    this.#isAborted = true;
    this.#controller?.abort();
  }
}

function timedOut({ target: { name }, timeoutMs }: AttemptRequest): AttemptOutcome {
  return failed({
    code: "ATTEMPT_TIMED_OUT",
    message: `${name} did not answer within the step's timeout of ${timeoutMs} ms.`,
    retryable: true,
    details: { timeoutMs, target: name },
  });
}

function silent({ target: { name } }: AttemptRequest, heartbeatTimeoutMs: number): AttemptOutcome {
  return failed({
    code: "HEARTBEAT_TIMED_OUT",
    message: `${name} gave no heartbeat for the step's heartbeatTimeoutMs of ${heartbeatTimeoutMs} ms.`,
    retryable: true,
    details: { heartbeatTimeoutMs, target: name },
  });
}

function failed(error: TaskError): AttemptOutcome {
  return { ok: false, error };
}
