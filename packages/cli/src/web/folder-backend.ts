/** What the server works on when this process holds the store itself. */
import type { MycroftError } from "@mycroft/errors";
import type { Backend } from "@mycroft/server";
import type { Invocation } from "../command.ts";
import { experimentThreads } from "../experiments/experiment-threads.ts";
import type { MarketFeed } from "../host/market-feed.ts";
import type { StoreHolder } from "../host/store-holder.ts";
import { placeText } from "../project/host-settings.ts";
import type { FolderProject } from "../project/open-project.ts";
import { readVersion } from "../version.ts";
import { replayHere } from "./replay-here.ts";
import type { RunUpdates } from "./run-updates.ts";

export interface FolderBackendParts {
  readonly open: FolderProject;
  readonly holder: StoreHolder;
  readonly feed: MarketFeed;
  readonly updates: RunUpdates;
  readonly options: Invocation["options"];
  readonly onError: (error: MycroftError) => void;
}

export function folderBackend({
  open,
  holder,
  feed,
  updates,
  options,
  onError,
}: FolderBackendParts): Backend {
  const { project, place } = open;
  return {
    controls: holder.controls,
    project,
    market: () => feed.current,
    onUpdate: (listener) => updates.listen(listener),
    version: readVersion(),
    place: { kind: "folder", text: placeText(place) },
    replay: (runId) => replayHere(runId, { store: holder.store, project, feed }),
    experiments: experimentThreads(options),
    onError,
  };
}
