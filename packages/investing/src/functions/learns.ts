/** Which policies learn from outcomes, and so need what they have learned beside the opinions. */
import { type Policy, policies } from "@mycroft/ensemble";

/** Whether a policy of that name may learn: one of those that come with Mycroft and does, or one of the project's own. */
export function mayLearn(name: string): boolean {
  const known = policies.find((policy) => policy.name === name);
  return known === undefined || learns(known);
}

/** Whether it keeps something of its own between rounds. @throws {MycroftError} POLICY_INVALID for settings that it refuses. */
export function learns(policy: Policy, settings?: unknown): boolean {
  return policy.configure(settings).startLearning !== undefined;
}
