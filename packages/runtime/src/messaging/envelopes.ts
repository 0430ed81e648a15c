/**
 * What lies around a body on the bus: the run, the task and the attempt that it is sent for, the day that bounds it (P5), and
 * for questions the way back. What comes from the bus is read without trust (P7). The topics of agents begin with `agents/`,
 * so that none collides with one of the system's own.
 */
import type { JsonValue, MessageRecord } from "@mycroft/engine";
import { countOf, type Fields, listOf, objectOf, textOf } from "../scheduler/read-fields.ts";
import { messageLimits } from "./message-limits.ts";

/** Who sends, and for which attempt. */
export interface MessageSender {
  /** The agent or function. */
  readonly name: string;
  readonly runId: string;
  readonly task: string;
  readonly attempt: number;
}

export interface MessageEnvelope {
  readonly from: MessageSender;
  /** The day beyond which the sender did not look, and whoever takes it may not. */
  readonly asOf: string;
  readonly body: JsonValue;
}

export interface QuestionEnvelope extends MessageEnvelope {
  readonly id: string;
  readonly replyTo: string;
  /** How long the answer is waited for, from when it was asked. */
  readonly timeoutMs: number;
  /** The agents that were asked one by the other, this one included. */
  readonly path: readonly string[];
  /** How much may be sent, asked, written and read in order to answer. */
  readonly allowance: number;
}

export interface AnswerEnvelope {
  readonly id: string;
  /** What was sent, asked, written and read in order to answer. */
  readonly done: readonly MessageRecord[];
  readonly result:
    | { readonly ok: true; readonly body: JsonValue; readonly version: string }
    | { readonly ok: false; readonly code: string; readonly message: string; readonly retryable: boolean };
}

export const topicOf = (name: string): string => `agents/topic/${name}`;
export const questionsTopic = (agent: string): string => `agents/questions/${agent}`;
export const answersTopic = (process: string): string => `agents/answers/${process}`;

const answersForm = /^agents\/answers\/[0-9a-f-]{36}$/;

/** @throws {TypeError} when it is none. */
export function readMessage(value: JsonValue): MessageEnvelope {
  return messageOf(objectOf(value));
}

/** @throws {TypeError} when it is none. */
export function readQuestion(value: JsonValue): QuestionEnvelope {
  const fields = objectOf(value);
  const replyTo = textOf(fields["replyTo"]);
  if (!answersForm.test(replyTo)) throw new TypeError("not a topic of answers");
  const timeoutMs = fields["timeoutMs"];
  if (typeof timeoutMs !== "number" || !(timeoutMs >= 0)) throw new TypeError("not a duration");
  return {
    ...messageOf(fields),
    id: textOf(fields["id"]),
    replyTo,
    timeoutMs,
    path: listOf(fields["path"]).map(textOf),
    allowance: Math.min(countOf(fields["allowance"]), messageLimits.perAnswer),
  };
}

/** @throws {TypeError} when it is none. */
export function readAnswer(value: JsonValue): AnswerEnvelope {
  const fields = objectOf(value);
  return {
    id: textOf(fields["id"]),
    done: listOf(fields["done"]).slice(0, messageLimits.perAnswer).map(recordOf),
    result: resultOf(objectOf(fields["result"])),
  };
}

/** Optional fields are left out, not undefined. */
export function asJson(envelope: MessageEnvelope | QuestionEnvelope | AnswerEnvelope): JsonValue {
  return envelope as unknown as JsonValue;
}

function messageOf(fields: Fields): MessageEnvelope {
  const from = objectOf(fields["from"]);
  return {
    from: {
      name: textOf(from["name"]),
      runId: textOf(from["runId"]),
      task: textOf(from["task"]),
      attempt: countOf(from["attempt"]),
    },
    asOf: textOf(fields["asOf"]),
    body: jsonOf(fields["body"]),
  };
}

function resultOf(fields: Fields): AnswerEnvelope["result"] {
  if (fields["ok"] === true) {
    return { ok: true, body: jsonOf(fields["body"]), version: textOf(fields["version"]) };
  }
  return {
    ok: false,
    code: textOf(fields["code"]),
    message: textOf(fields["message"]),
    retryable: fields["retryable"] === true,
  };
}

function jsonOf(value: JsonValue | undefined): JsonValue {
  if (value === undefined) throw new TypeError("nothing");
  return value;
}

function recordOf(value: JsonValue): MessageRecord {
  const fields = objectOf(value);
  const text = (name: string) => textOf(fields[name]);
  return { ...bareRecordOf(fields, text), by: text("by") };
}

function bareRecordOf(fields: Fields, text: (name: string) => string): MessageRecord {
  const type = text("type");
  switch (type) {
    case "published":
      return { type, topic: text("topic"), offset: text("offset"), hash: text("hash") };
    case "asked":
      return { type, agent: text("agent"), id: text("id"), hash: text("hash"), answer: answerOf(fields) };
    case "written":
      return { type, key: text("key"), revision: countOf(fields["revision"]), hash: text("hash") };
    case "read": {
      const hash = fields["hash"] === null ? null : text("hash");
      return { type, key: text("key"), revision: countOf(fields["revision"]), hash };
    }
    case "listed":
      return { type, keys: countOf(fields["keys"]), hash: text("hash") };
    default:
      throw new TypeError("not a record of a message");
  }
}

function answerOf(fields: Fields) {
  if (fields["answer"] === null) return null;
  const answer = objectOf(fields["answer"]);
  if ("errorCode" in answer) return { errorCode: textOf(answer["errorCode"]) };
  return { hash: textOf(answer["hash"]), version: textOf(answer["version"]) };
}
