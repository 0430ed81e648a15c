/** What can be taken away from the processes of a scenario, and from what befalls them. */
import type { ClusterEnd, ScenarioCluster } from "../scenario.ts";

const happenings = ["ends", "freezes", "cuts", "wipes", "skews", "deploys"] as const;
const faults = ["callLoss", "newsLoss", "slowestMs"] as const;

/** Each with one thing less; none when there are no processes. */
export function* smallerClusters(cluster: ScenarioCluster | undefined): Iterable<ScenarioCluster> {
  if (cluster === undefined) return;
  for (const name of happenings) if (cluster[name].length > 1) yield { ...cluster, [name]: [] };
  for (const name of happenings) {
    const list: readonly unknown[] = cluster[name];
    for (const one of list) yield { ...cluster, [name]: list.filter((other) => other !== one) };
  }
  for (const fault of faults) if (cluster[fault] > 0) yield { ...cluster, [fault]: 0 };
  const { orchestrators, workers, ends } = cluster;
  if (orchestrators > 1) yield { ...cluster, orchestrators: orchestrators - 1 };
  if (workers > 1) yield { ...cluster, workers: workers - 1 };
  for (const end of ends) {
    for (const smaller of smallerEnds(end)) {
      yield { ...cluster, ends: ends.map((other) => (other === end ? smaller : other)) };
    }
  }
}

function* smallerEnds(end: ClusterEnd): Iterable<ClusterEnd> {
  const { after, downMs } = end;
  if (downMs > 0) yield { ...end, downMs: 0 };
  if (after > 1) yield { ...end, after: Math.floor(after / 2) };
}
