/** The policies that a workflow can name. A new policy is a file in `policies/` and a line here. */
import { MycroftError } from "@mycroft/errors";
import { linearPool } from "./policies/linear-pool.ts";
import { pastScore } from "./policies/past-score.ts";
import type { Policy } from "./policy.ts";

/** In order of name. */
export const policies: readonly Policy[] = [linearPool, pastScore];

/** @throws {MycroftError} POLICY_UNKNOWN, with the names that exist. */
export function findPolicy(name: string): Policy {
  const policy = policies.find((candidate) => candidate.name === name);
  if (policy !== undefined) return policy;
  const known = policies.map((candidate) => candidate.name);
  throw new MycroftError(
    "POLICY_UNKNOWN",
    `There is no policy ${JSON.stringify(name)}; there are ${known.join(", ")}.`,
    { details: { policy: name, known } },
  );
}
