/** What passed between an attempt and other agents, a line each; what an agent did in order to answer stands below its answer. */
import type { MessageRecord } from "@mycroft/engine";
import { printable, shortened } from "@mycroft/record/text";

const shownMessages = 20;
const hashDigits = 12;
const idDigits = 8;

/** @param all whether every one is shown, or the first 20 and the number of the rest. */
export function messageLines(messages: readonly MessageRecord[], all: boolean): readonly string[] {
  const shown = all ? messages : messages.slice(0, shownMessages);
  const rest = messages.length - shown.length;
  const more = rest === 0 ? [] : [`... and ${rest} more; --all shows them.`];
  return [...shown.map(messageLine), ...more];
}

function messageLine(message: MessageRecord): string {
  const { by } = message;
  return by === undefined ? textOf(message) : `  ${shortened(by, 100)} ${textOf(message)}`;
}

/** `asked macro (0f3c91aa), question 3f1d...: answer 9a0b..., version 1.0.0`. */
function textOf(message: MessageRecord): string {
  switch (message.type) {
    case "published":
      return `published to ${printable(message.topic)} at ${shortened(message.offset, 60)}, body ${digits(message.hash)}`;
    case "asked": {
      const { agent, id, hash, answer } = message;
      return `asked ${printable(agent)} (${printable(id.slice(0, idDigits))}), question ${digits(hash)}: ${answerText(answer)}`;
    }
    case "written":
      return `wrote ${keyText(message.key)} as revision ${message.revision}, value ${digits(message.hash)}`;
    case "read":
      if (message.hash === null) return `read ${keyText(message.key)}: nothing was there`;
      return `read ${keyText(message.key)} of revision ${message.revision}, value ${digits(message.hash)}`;
    case "listed":
      return `read the whole blackboard: ${message.keys} ${message.keys === 1 ? "key" : "keys"}, ${digits(message.hash)}`;
  }
}

function answerText(answer: Extract<MessageRecord, { readonly type: "asked" }>["answer"]): string {
  if (answer === null) return "no answer yet when it ended";
  if ("errorCode" in answer) return `failed with ${shortened(answer.errorCode, 100)}`;
  return `answer ${digits(answer.hash)}, version ${shortened(answer.version, 100)}`;
}

function digits(hash: string): string {
  return printable(hash.slice(0, hashDigits));
}

function keyText(key: string): string {
  return `"${printable(key)}"`;
}
