/**
 * The ledger of workers that share nothing with an orchestrator but the store (E10, E11, P1, P2): an attempt is claimed by the
 * offer in the store, and its outcome goes there as a letter to its run. What several of a worker's attempts ask for at the same
 * moment is one statement.
 */
import type { AttemptReport } from "@mycroft/engine";
import { asMycroftError, type MycroftError } from "@mycroft/errors";
import type { AttemptLedger, CancelledAttempt } from "../ports/attempt-ledger.ts";
import type { Clock } from "../ports/clock.ts";
import type { AttemptOutcome, AttemptRequest } from "../ports/gateway.ts";
import type { Delivery, TaskMessage } from "../ports/queue.ts";
import type { AttemptKey, ClaimAnswer, HandedBack, Letter, SharedStore } from "../ports/shared-store.ts";
import { GatheredCalls } from "./gathered-calls.ts";
import { letterIds } from "./letter-id.ts";

export interface SharedLedgerOptions {
  readonly store: SharedStore;
  readonly clock: Clock;
  /** How long a worker may be silent before it loses its leases. */
  readonly leaseMs: number;
  /** Whether this process can execute such a request; it can execute all unless given. */
  readonly canExecute?: (target: AttemptRequest["target"]) => boolean;
  /** Why this process must not execute such a request, as a clause; null when it may. It may execute all unless given. */
  readonly obstacleTo?: (request: AttemptRequest) => Promise<string | null>;
  /** How long to wait before a report that failed is tried again: 1,000 ms unless given. */
  readonly retryDelayMs?: number;
  readonly newLetterId?: (now: number) => string;
  readonly onError?: (error: MycroftError) => void;
}

/** When an attempt that this process cannot execute is offered again: to whom is chance, so soon. */
const declinedForMs = 1_000;

export class SharedLedger implements AttemptLedger {
  readonly leaseMs: number;
  readonly #options: Required<SharedLedgerOptions>;
  readonly #claims = new Map<string, GatheredCalls<AttemptKey, ClaimAnswer>>();
  readonly #reports: GatheredCalls<Letter, void>;
  readonly #handedBack = new Map<string, GatheredCalls<HandedBack, void>>();
  readonly #cancelListeners = new Set<(cancelled: CancelledAttempt) => void>();
  readonly #stopListening: () => void;
  #isClosed = false;

  constructor(options: SharedLedgerOptions) {
    this.#options = {
      canExecute: () => true,
      obstacleTo: async () => null,
      retryDelayMs: 1_000,
      newLetterId: letterIds(),
      onError: () => {},
      ...options,
    };
    this.leaseMs = options.leaseMs;
    const { store } = options;
    this.#reports = new GatheredCalls<Letter, void>(async (letters) => {
      await store.reportAttempts(letters);
      return [];
    }, options.clock);
    this.#stopListening = store.listen((news) => {
      if (news.type === "withdrawn") for (const attempt of news.attempts) this.#cancel(attempt);
    });
  }

  async claim(message: TaskMessage, worker: string, delivery: Delivery): Promise<AttemptRequest | null> {
    const answer = await this.#claimsOf(worker).ask(keyOf(message));
    if (answer === null) return null;
    if ("againInMs" in answer) {
      delivery.postpone(answer.againInMs);
      return null;
    }
    const { request } = answer;
    const { target } = request;
    const isKnown = this.#options.canExecute(target);
    const reason = isKnown
      ? await this.#options.obstacleTo(request)
      : `no worker that takes this pool's tasks has the ${target.kind} ${target.name}; ${worker} has not`;
    if (reason === null) return request;
    await this.#handBack(worker, { key: keyOf(message), againInMs: declinedForMs, reason });
    return null;
  }

  renew(worker: string, attempts: readonly TaskMessage[]): void {
    const { store, onError } = this.#options;
    const renewing = store.renewAttempts(worker, this.leaseMs, attempts.map(keyOf)).then((isHeld) => {
      // Somebody else's by now, or not wanted any more, though nobody has said so here.
      for (const [index, attempt] of attempts.entries()) if (isHeld[index] === false) this.#cancel(attempt);
    });
    renewing.catch((thrown: unknown) => onError(asMycroftError(thrown)));
  }

  handBack(message: TaskMessage, worker: string): void {
    const { onError } = this.#options;
    this.#handBack(worker, { key: keyOf(message), againInMs: 0, reason: null }).catch((thrown: unknown) =>
      onError(asMycroftError(thrown)),
    );
  }

  async report(message: TaskMessage, outcome: AttemptOutcome, report: AttemptReport): Promise<void> {
    const { clock, newLetterId, onError } = this.#options;
    const body = { kind: "outcome", key: keyOf(message), outcome, report } as const;
    const letter: Letter = { id: newLetterId(clock.now()), runId: message.runId, body };
    for (;;) {
      try {
        await this.#reports.ask(letter);
        return;
      } catch (thrown) {
        const error = asMycroftError(thrown);
        onError(error);
        // What an agent has said is worth waiting for a store that is away.
        if (!error.retryable || this.#isClosed) throw error;
        await this.#pause();
      }
    }
  }

  onCancelled(listener: (cancelled: CancelledAttempt) => void): () => void {
    this.#cancelListeners.add(listener);
    return () => this.#cancelListeners.delete(listener);
  }

  /** Listens no longer, and tries nothing again. */
  close(): void {
    this.#isClosed = true;
    this.#stopListening();
  }

  #claimsOf(worker: string): GatheredCalls<AttemptKey, ClaimAnswer> {
    const { store, clock } = this.#options;
    const claim = (keys: readonly AttemptKey[]) => store.claimAttempts(worker, this.leaseMs, keys);
    return known(this.#claims, worker, () => new GatheredCalls(claim, clock));
  }

  #handBack(worker: string, handedBack: HandedBack): Promise<void> {
    const { store, clock } = this.#options;
    const handBackAll = async (all: readonly HandedBack[]) => {
      await store.handBackAttempts(worker, all);
      return [];
    };
    return known(this.#handedBack, worker, () => new GatheredCalls<HandedBack, void>(handBackAll, clock)).ask(
      handedBack,
    );
  }

  #cancel({ runId, task, attempt }: AttemptKey): void {
    for (const listener of this.#cancelListeners) listener({ runId, task, attempt });
  }

  #pause(): Promise<void> {
    const { clock, retryDelayMs } = this.#options;
    return new Promise((resolve) => {
      clock.setDelay(retryDelayMs, resolve);
    });
  }
}

function keyOf({ runId, task, attempt }: AttemptKey): AttemptKey {
  return { runId, task, attempt };
}

function known<Value>(values: Map<string, Value>, key: string, make: () => Value): Value {
  const found = values.get(key);
  if (found !== undefined) return found;
  const made = make();
  values.set(key, made);
  return made;
}
