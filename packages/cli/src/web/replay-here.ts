/** Computes a run again in a process that has the project and its data at hand. */
import { policies } from "@mycroft/ensemble";
import { createInProcessGateway } from "@mycroft/gateways";
import { type Replay, readRun, type Store } from "@mycroft/runtime";
import type { Project } from "@mycroft/sdk";
import type { MarketFeed } from "../host/market-feed.ts";
import { replayWith } from "../run-report/replay-report.ts";

export interface ReplayPorts {
  readonly store: Store;
  readonly project: Project;
  readonly feed: MarketFeed;
}

/** With the data that the run began with, if that is still at hand. */
export async function replayHere(runId: string, { store, project, feed }: ReplayPorts): Promise<Replay> {
  const record = await readRun(store, runId);
  const { agents, functions } = project;
  const known = [...policies, ...project.policies];
  const market = feed.find(record.header.provenance.dataHash) ?? feed.current;
  const gateway = createInProcessGateway({ agents, functions, policies: known, market });
  const data = market === null ? { kind: "none" as const } : { kind: "loaded" as const, hash: market.hash };
  return replayWith(record, gateway, { functions, policies: known, data });
}
