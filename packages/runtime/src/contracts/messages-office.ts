/** Two processes with agents that send each other messages, for the suite of `messagesContract`. */
import assert from "node:assert/strict";
import type { JsonValue, MessageRecord } from "@mycroft/engine";
import type { MycroftError } from "@mycroft/errors";
import { MemoryStore } from "../memory/memory-store.ts";
import type { MessageChannel } from "../messaging/message-channel.ts";
import { Messenger, type MessengerOptions } from "../messaging/messenger.ts";
import type { ReachableAgent, ReceivedMessage, ReceivedQuestion } from "../messaging/reachable-agent.ts";
import type { Bus } from "../ports/bus.ts";
import type { AttemptRequest } from "../ports/gateway.ts";
import { HandClock } from "./hand-clock.ts";
import { creation } from "./sample-runs.ts";

/** Connections to one bus, as two processes have them. */
export type BusConnections = readonly [here: Bus, there: Bus];

/** An attempt at work, with what it would report. */
export interface AttemptAtWork {
  readonly channel: MessageChannel;
  readonly reported: () => readonly MessageRecord[];
  readonly giveUp: () => void;
}

export const request: AttemptRequest = {
  runId: "run-1",
  task: "opinions.trend",
  step: "opinions.trend",
  attempt: 1,
  target: { kind: "agent", name: "trend" },
  input: null,
  asOf: "2020-02-28",
  timeoutMs: 10_000,
  heartbeatTimeoutMs: null,
  cacheTtlMs: null,
  idempotencyKey: "run-1/opinions.trend",
};

export class MessagesOffice {
  readonly clock = new HandClock();
  readonly store = new MemoryStore();
  readonly errors: MycroftError[] = [];
  /** When the documents that were put expire. */
  readonly expiries: number[] = [];
  readonly here: Messenger;
  readonly there: Messenger;

  constructor([here, there]: BusConnections) {
    const { clock } = this;
    const store: MessengerOptions["store"] = {
      getRun: (runId) => this.store.getRun(runId),
      getDocument: (collection, id) => this.store.getDocument(collection, id),
      listDocuments: (collection, page) => this.store.listDocuments(collection, page),
      putDocument: (write) => {
        this.expiries.push(write.expiresAt ?? Number.POSITIVE_INFINITY);
        return this.store.putDocument(write);
      },
    };
    const onError = (error: MycroftError) => this.errors.push(error);
    this.here = new Messenger({ bus: here, store, clock, onError });
    this.there = new Messenger({ bus: there, store, clock, onError });
  }

  /** Runs `run-1` (with market data) and `run-2` (without), as of 2020-02-28. */
  async open(): Promise<void> {
    const provenance = { codeVersion: "1", dataHash: "data" };
    await this.store.append([creation("run-1", { provenance }), creation("run-2")]);
  }

  attempt(changes: Partial<AttemptRequest> = {}, asOf: string = request.asOf): AttemptAtWork {
    const controller = new AbortController();
    let tell: () => readonly MessageRecord[] = () => [];
    const given = { ...request, ...changes };
    const messages = this.here.attempt(given, {
      signal: controller.signal,
      heartbeat: () => {},
      onReport: (teller) => {
        tell = teller;
      },
    });
    return {
      channel: messages.channelOf(given.target.name, asOf),
      reported: () => tell(),
      giveUp: () => controller.abort(),
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.here.close(), this.there.close()]);
    await this.store.close();
  }
}

export function answering(
  name: string,
  answer: (question: ReceivedQuestion) => Promise<JsonValue>,
): ReachableAgent {
  return { name, version: "1.2.3", subscriptions: [], answer };
}

export function subscribing(
  name: string,
  topic: string,
  take: (message: ReceivedMessage) => Promise<void>,
): ReachableAgent {
  return { name, version: "1.2.3", subscriptions: [{ topic, take }], answer: null };
}

/** The only record, with what differs from run to run left out. */
export function onlyRecord(attempt: AttemptAtWork): object {
  const [record, ...others] = attempt.reported();
  assert.ok(record && others.length === 0);
  return withoutIds(record);
}

export function withoutIds(record: MessageRecord): object {
  const fields: Record<string, unknown> = { ...record };
  delete fields["id"];
  delete fields["offset"];
  return fields;
}
