/** The policies that a workflow can name. A new policy is a file in `policies/` and a line here. */
import { MycroftError } from "@mycroft/errors";
import { adahedge } from "./policies/adahedge.ts";
import { bayesianModelAveraging } from "./policies/bayesian-model-averaging.ts";
import { boa } from "./policies/boa.ts";
import { dempster } from "./policies/dempster.ts";
import { ewa } from "./policies/ewa.ts";
import { ewaTuned } from "./policies/ewa-tuned.ts";
import { extremizedPool } from "./policies/extremized-pool.ts";
import { fixedSharePolicy } from "./policies/fixed-share.ts";
import { linearPool } from "./policies/linear-pool.ts";
import { logarithmicPool } from "./policies/logarithmic-pool.ts";
import { majorityVote } from "./policies/majority-vote.ts";
import { median } from "./policies/median.ts";
import { mlEwa } from "./policies/ml-ewa.ts";
import { mlPol } from "./policies/ml-pol.ts";
import { mlProd } from "./policies/ml-prod.ts";
import { ogd } from "./policies/ogd.ts";
import { pastScore } from "./policies/past-score.ts";
import { pcr6 } from "./policies/pcr6.ts";
import { recalibratedPool } from "./policies/recalibrated-pool.ts";
import { regimeBoa } from "./policies/regime-boa.ts";
import { selfConfidence } from "./policies/self-confidence.ts";
import { skillWeights } from "./policies/skill-weights.ts";
import { squintPolicy } from "./policies/squint.ts";
import { stacking } from "./policies/stacking.ts";
import { topK } from "./policies/top-k.ts";
import { trimmedMean } from "./policies/trimmed-mean.ts";
import { winnerTakesAll } from "./policies/winner-takes-all.ts";
import { yager } from "./policies/yager.ts";
import type { Policy } from "./policy.ts";

/** In order of name. */
export const policies: readonly Policy[] = [
  adahedge,
  bayesianModelAveraging,
  boa,
  dempster,
  ewa,
  ewaTuned,
  extremizedPool,
  fixedSharePolicy,
  linearPool,
  logarithmicPool,
  majorityVote,
  median,
  mlEwa,
  mlPol,
  mlProd,
  ogd,
  pastScore,
  pcr6,
  recalibratedPool,
  regimeBoa,
  selfConfidence,
  skillWeights,
  squintPolicy,
  stacking,
  topK,
  trimmedMean,
  winnerTakesAll,
  yager,
];

/** The policy for who does not choose one. */
export const defaultPolicyName = "recalibrated-pool";

/** @throws {MycroftError} POLICY_UNKNOWN, with the names that exist. */
export function findPolicy(name: string): Policy {
  const policy = policies.find((candidate) => candidate.name === name);
  if (policy !== undefined) return policy;
  const known = policies.map((candidate) => candidate.name);
  throw new MycroftError(
    "POLICY_UNKNOWN",
    `There is no policy ${typeof name === "string" ? JSON.stringify(name) : `named by a ${typeof name}`}; there are ${known.join(", ")}.`,
    { details: { policy: name, known } },
  );
}
