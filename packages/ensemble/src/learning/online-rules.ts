/** Every online rule by a name, with usual settings: what the tests and the benchmark go through. */
import { adaHedge } from "./ada-hedge.ts";
import { bernsteinAggregation } from "./bernstein-aggregation.ts";
import { exponentialWeights } from "./exponential-weights.ts";
import { fixedShare } from "./fixed-share.ts";
import type { StartRule } from "./online-rule.ts";
import { polynomialWeights } from "./polynomial-weights.ts";
import { prodWeights } from "./prod-weights.ts";
import { ratedExponentialWeights } from "./rated-exponential-weights.ts";
import { simplexDescent } from "./simplex-descent.ts";
import { squint } from "./squint.ts";
import { tunedExponentialWeights } from "./tuned-exponential-weights.ts";
import { tunedFixedShare } from "./tuned-fixed-share.ts";

export const onlineRules = {
  ewa: exponentialWeights(0.5),
  "ewa-tuned": tunedExponentialWeights,
  "fixed-share": fixedShare(0.5, 0.05),
  "fixed-share-tuned": tunedFixedShare,
  boa: bernsteinAggregation,
  "ml-pol": polynomialWeights,
  "ml-prod": prodWeights,
  "ml-ewa": ratedExponentialWeights,
  ogd: simplexDescent,
  adahedge: adaHedge,
  squint,
} as const satisfies Record<string, StartRule>;
