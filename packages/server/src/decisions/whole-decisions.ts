/**
 * The decisions of a record that can be told whole. What a person stated in a fork in place of a resolution may be anything,
 * and so may what a record of old or of somebody else's holds: it is passed over, not trusted.
 */
import { eachSubjectDecision, type SubjectDecision, type Timeline } from "@mycroft/record";
import { resolutionSchema } from "@mycroft/sdk";
import { z } from "zod";

const ofAgent = z.looseObject({ agent: z.string() });
const spoken = ofAgent.extend({ version: z.string() });

/** What is read of a resolution here beyond what functions may count on. */
const wholeResolution = z.intersection(
  resolutionSchema,
  z.looseObject({
    policy: z.looseObject({ name: z.string(), version: z.string() }),
    opinions: z.array(spoken.extend({ probabilities: z.array(z.number()), rationale: z.string() })),
    abstentions: z.array(spoken.extend({ reason: z.string() })),
    contributions: z.array(ofAgent),
    dissent: z.array(ofAgent.extend({ stance: z.enum(["with", "against", "neutral"]) })),
    conflict: z.looseObject({
      leans: z.array(ofAgent.extend({ tilt: z.number(), side: z.enum(["lower", "middle", "upper"]) })),
      findings: z.array(z.looseObject({ kind: z.string() })),
    }),
  }),
);

/** In the order in which the run decided, in small steps; null for a step that gave none. @param only as `eachSubjectDecision`. */
export function* eachWholeDecision(timeline: Timeline, only?: string): Generator<SubjectDecision | null> {
  for (const one of eachSubjectDecision(timeline, only)) {
    yield one !== null && wholeResolution.safeParse(one.resolution).success ? one : null;
  }
}
