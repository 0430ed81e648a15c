/** The JSON form of a run and its decisions, the same in every command that has `--json`. */
import { contentHash } from "@mycroft/engine";
import type { SubjectDecision } from "@mycroft/record";
import { decisionHash, type RunHeader, type RunRecord } from "@mycroft/runtime";
import type { LoadedMarket } from "../project/market.ts";

export function headerJson(header: RunHeader) {
  const { runId, workflow, status, asOf, planHash, provenance, createdAt, settledAt } = header;
  const { tags, startKey, parent, forkedFrom } = header;
  return {
    runId,
    workflow,
    status,
    asOf,
    planHash,
    dataHash: provenance.dataHash ?? null,
    codeVersion: provenance.codeVersion,
    createdAt: new Date(createdAt).toISOString(),
    settledAt: settledAt === null ? null : new Date(settledAt).toISOString(),
    tags,
    startKey,
    parent: parent === null ? null : { runId: parent.runId, task: parent.task },
    forkedFrom,
  };
}

export function runJson({ header, state }: RunRecord, market: LoadedMarket | null) {
  const { input, result } = state;
  return {
    run: {
      ...headerJson(header),
      decisionHash: result === null ? null : decisionHash(result),
      inputHash: contentHash(input),
      input,
    },
    // Another process may have worked on other data.
    data: market === null || market.data.hash !== header.provenance.dataHash ? null : dataJson(market),
  };
}

export function decisionJson({ resolution, decision, position, usual }: SubjectDecision) {
  const { subject, conflict, outcomes, opinions, abstentions } = resolution;
  return {
    subject,
    status: decision?.status ?? (resolution.status === "resolved" ? "decided" : "noView"),
    outcomes,
    probabilities: resolution.probabilities,
    usual: usual?.probabilities ?? null,
    tilt: decision?.tilt ?? resolution.lean?.tilt ?? null,
    weight: position?.weight ?? null,
    divergence: conflict.divergence,
    views: [
      ...opinions.map(({ agent, version, probabilities }) => ({ agent, version, probabilities })),
      ...abstentions.map(({ agent, version, reason, code }) => ({ agent, version, abstains: reason, code })),
    ],
  };
}

function dataJson({ data, report, isBundled }: LoadedMarket) {
  const { source, firstDate, lastDate, hash } = data;
  return { source, firstDate, lastDate, hash, isBundled, report };
}
