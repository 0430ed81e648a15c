/** From how the askings settled to the views that a policy resolves: an agent that failed abstains with its error (P7). */
import type { JsonValue, SettledValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { entityName, limits, parseWith, type View, viewSchema } from "@mycroft/protocol";
import { z } from "zod";

const settledSchema: z.ZodType<SettledValue> = z.discriminatedUnion("status", [
  z.object({ status: z.literal("succeeded"), output: z.custom<JsonValue>() }),
  z.object({
    status: z.literal("failed"),
    error: z.object({ code: z.string(), message: z.string(), retryable: z.boolean() }),
  }),
  z.object({ status: z.literal("skipped"), reason: z.string() }),
]);

const resolveInputSchema = z.looseObject({
  subject: z.string(),
  asOf: z.string(),
  horizonDays: z.number(),
  views: z.array(z.object({ agent: entityName, settled: settledSchema })),
});

/** The version of an agent that never answered. */
const unknownVersion = "unknown";

/** A resolve step's input with each asking replaced by a view. */
export function withViews(input: unknown): unknown {
  const { views, ...question } = parseWith(resolveInputSchema, input, "The input of a resolve step");
  const about = { subject: question.subject, asOf: question.asOf, horizonDays: question.horizonDays };
  return { ...question, views: views.map(({ agent, settled }) => viewOf(agent, settled, about)) };
}

function viewOf(
  agent: string,
  settled: SettledValue,
  about: { readonly subject: string; readonly asOf: string; readonly horizonDays: number },
): View {
  if (settled.status === "succeeded") return readView(agent, settled.output);
  const abstention = { type: "abstention", agent, version: unknownVersion, ...about } as const;
  if (settled.status === "skipped") return { ...abstention, reason: `It was not asked: ${settled.reason}.` };
  const { code, message } = settled.error;
  return { ...abstention, reason: message.slice(0, limits.reasonLength) || code, code };
}

function readView(agent: string, output: JsonValue): View {
  const view = parseWith(viewSchema, output, `The recorded view of agent ${agent}`, "OPINION_INVALID");
  if (view.agent === agent) return view;
  throw new MycroftError("OPINION_INVALID", `A view of ${view.agent} was recorded as that of ${agent}.`, {
    details: { agent, found: view.agent },
  });
}
