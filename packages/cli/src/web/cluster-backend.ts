/** What the server works on in a process of a cluster: it asks over the store, and orchestrators do what is asked. */
import type { MycroftError } from "@mycroft/errors";
import type { Backend } from "@mycroft/server";
import type { Invocation } from "../command.ts";
import { experimentThreads } from "../experiments/experiment-threads.ts";
import type { ClusterHost } from "../host/cluster-host.ts";
import { openClusterClient } from "../host/cluster-store.ts";
import type { MarketFeed } from "../host/market-feed.ts";
import { workflowStarter } from "../host/start-workflow.ts";
import { placeText } from "../project/host-settings.ts";
import type { OpenProject } from "../project/open-project.ts";
import { readVersion } from "../version.ts";
import { replayHere } from "./replay-here.ts";
import { RunUpdates } from "./run-updates.ts";

export interface ClusterBackendParts {
  readonly open: OpenProject;
  readonly host: ClusterHost;
  readonly feed: MarketFeed;
  readonly options: Invocation["options"];
  readonly onError: (error: MycroftError) => void;
}

export interface ClusterBackend {
  readonly backend: Backend;
  /** Before the host is closed. */
  close(): Promise<void>;
}

export async function openClusterBackend({
  open,
  host,
  feed,
  options,
  onError,
}: ClusterBackendParts): Promise<ClusterBackend> {
  const { project, place } = open;
  const { store, clock } = host;
  const updates = new RunUpdates();
  const subscription = await host.listenToRuns((update) => updates.tell(update));
  const { controls, refresh, close } = await openClusterClient({ store, clock, project, feed });
  const { orchestrator } = controls;
  const startWorkflow = workflowStarter({ open, orchestrator, feed, refresh });
  return {
    backend: {
      controls: { ...controls, startWorkflow },
      project,
      market: () => feed.current,
      onUpdate: (listener) => updates.listen(listener),
      version: readVersion(),
      place: { kind: "cluster", text: placeText(place) },
      replay: (runId) => replayHere(runId, { store, project, feed }),
      experiments: experimentThreads(options),
      listProcesses: () => store.listProcesses(),
      onError,
    },
    close: async () => {
      await subscription.close();
      await close();
    },
  };
}
