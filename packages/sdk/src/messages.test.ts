import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { z } from "zod";
import { type AgentDefinition, defineAgent } from "./agent.ts";
import { defineTopic, noMessages } from "./messages.ts";
import { onMessage, type TopicSubscription } from "./reachability.ts";
import { throwsCode } from "./testing/throws-code.ts";

const alarms = defineTopic({ name: "alarms", body: z.object({ level: z.number().default(1) }) });
const moods = defineTopic({ name: "moods", body: z.string() });
const agent = {
  name: "macro",
  version: "1",
  capabilities: [],
  opinion: () => ({ type: "abstention", reason: "no" }) as const,
};

describe("defineTopic", () => {
  it("P7 refuses a topic without a proper name or schema", () => {
    for (const name of ["", "a/b", "7", "a".repeat(101), undefined]) {
      const given = { name, body: z.string() } as unknown as { name: string; body: z.ZodString };
      const error = throwsCode("INPUT_INVALID", /A topic needs a name/, () => defineTopic(given));
      assert.equal(error.details?.["field"], "name");
    }
    const given = { name: "a", body: {} } as unknown as { name: string; body: z.ZodString };
    const error = throwsCode("INPUT_INVALID", /zod schema named body/, () => defineTopic(given));
    assert.equal(error.details?.["field"], "body");
  });
});

describe("an agent that others reach", () => {
  it("has subscriptions to different topics, and handlers that know their bodies", () => {
    const defined = defineAgent({
      ...agent,
      subscriptions: [
        onMessage(alarms, ({ body }) => {
          const level: number = body.level;
          assert(level);
        }),
        onMessage(moods, ({ body, from }, { blackboard }) => {
          const mood: string = body;
          // @ts-expect-error A subscriber sends nothing.
          assert(blackboard.publish === undefined && mood && from);
        }),
      ],
      answers: {
        question: z.object({ of: z.string() }),
        answer: z.object({ calm: z.boolean() }),
        // @ts-expect-error An answer has the type of its schema.
        respond: ({ of }) => ({ calm: of }),
      },
    });
    const names = defined.subscriptions?.map(({ topic }: TopicSubscription) => topic.name);
    assert.deepEqual(names, ["alarms", "moods"]);
  });

  it("P7 is refused when its subscriptions or answers are none, with the field", () => {
    const hear = onMessage(moods, () => {});
    const bad: readonly [string, object][] = [
      ["subscriptions", { subscriptions: {} }],
      ["subscriptions", { subscriptions: [null] }],
      ["subscriptions", { subscriptions: [{ topic: moods }] }],
      ["subscriptions", { subscriptions: [{ topic: { name: "moods" }, handle: () => {} }] }],
      ["subscriptions", { subscriptions: [hear, hear] }],
      ["answers", { answers: null }],
      ["answers", { answers: () => "calm" }],
      ["answers", { answers: { question: z.string(), answer: {}, respond: () => "" } }],
      ["answers", { answers: { question: z.string(), answer: z.string() } }],
    ];
    for (const [field, entries] of bad) {
      const given = { ...agent, ...entries } as unknown as AgentDefinition;
      const error = throwsCode("INPUT_INVALID", /Agent "macro"/, () => defineAgent(given));
      assert.equal(error.details?.["field"], field, JSON.stringify(entries));
    }
  });
});

describe("noMessages", () => {
  it("says that nobody can be reached, whatever is tried", async () => {
    const { blackboard } = noMessages;
    const tries = [
      noMessages.publish(moods, "calm"),
      noMessages.ask("macro", null),
      blackboard.read("a"),
      blackboard.write("a", 1),
      blackboard.entries(),
    ];
    for (const tried of tries) await assert.rejects(tried, { code: "MESSAGES_UNAVAILABLE" });
  });
});

/** Never called: the compiler is the test. */
export async function typed(): Promise<void> {
  await noMessages.publish(alarms, {});
  // @ts-expect-error The level is a number.
  await noMessages.publish(alarms, { level: "high" });
  const answer: { readonly calm: boolean } = await noMessages.ask("macro", 1, {
    answer: z.object({ calm: z.boolean() }),
    timeoutMs: 5,
  });
  const entry = await noMessages.blackboard.read("a", z.number());
  const value: number | undefined = entry?.value;
  void [answer, value];
}
