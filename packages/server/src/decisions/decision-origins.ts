/** From which tasks of a run the parts of a decision come, so that every number leads to where it was made. */
import { isDeepStrictEqual } from "node:util";
import { baseRateSchema, decisionSchema, portfolioSchema } from "@mycroft/investing";
import type { TaskStory, Timeline } from "@mycroft/record";
import { scopeOf } from "./asked-tasks.ts";

export interface DecisionOrigins {
  /** Where what was known of the agents was made; null when that is part of no task's output. */
  readonly recordTask: string | null;
  /** Of the risk limits, the portfolio, and what is usual. */
  readonly decisionTask: string | null;
  readonly portfolioTask: string | null;
  readonly usualTask: string | null;
}

/** @param resolve the task of the resolve step. @param record what it was told of the agents, if anything. */
export function findOrigins(
  { tasks }: Timeline,
  resolve: TaskStory,
  subject: string,
  record: unknown,
): DecisionOrigins {
  const functions = tasks.filter(
    ({ target, status }) => target?.kind === "function" && status === "succeeded",
  );
  const idOf = (fits: (task: TaskStory) => boolean) => functions.find(fits)?.id ?? null;
  const scope = scopeOf(resolve.id);
  return {
    recordTask:
      record === undefined || record === null
        ? null
        : idOf(({ output }) => output === record || isDeepStrictEqual(output, record)),
    decisionTask: idOf(
      ({ id, output }) => scopeOf(id) === scope && decisionSchema.safeParse(output).data?.subject === subject,
    ),
    portfolioTask: idOf(({ output }) => {
      const portfolio = portfolioSchema.safeParse(output).data;
      return portfolio?.positions.some((position) => position.subject === subject) === true;
    }),
    usualTask: idOf(({ output }) => output !== null && baseRateSchema.safeParse(output).success),
  };
}
