/** What the server is given by whoever chooses a host: a record, the runs over it, the project, and its market data. */
import type { MycroftError } from "@mycroft/errors";
import type { ListedProcess, Replay, RunUpdate } from "@mycroft/runtime";
import type { MarketData, Project } from "@mycroft/sdk";
import type { ExperimentWork } from "./experiments/experiment-work.ts";
import type { Controls } from "./operations/index.ts";

export interface Backend {
  readonly controls: Controls;
  readonly project: Project;
  /** The version of Mycroft and, where known, the commit. */
  readonly version: string;
  /** Where the record is, in a form that may be shown. */
  readonly place: { readonly kind: "folder" | "cluster"; readonly text: string };
  /** What runs begin with now; null when the project has none. */
  readonly market: () => MarketData | null;
  /**
   * Calls `listener` with what happens in runs, soon and perhaps not at all: the store is the truth, and whoever needs it asks.
   * Returns a function that stops this.
   */
  readonly onUpdate: (listener: (update: RunUpdate) => void) => () => void;
  /** @throws {MycroftError} RUN_UNKNOWN, RUN_NOT_SETTLED, RUN_WITHHELD. */
  readonly replay: (runId: string) => Promise<Replay>;
  readonly experiments: ExperimentWork;
  /** Orchestrators and workers that are alive; absent where there is but this process. */
  readonly listProcesses?: () => Promise<readonly ListedProcess[]>;
  /** Failures that no caller is to be told of in full. */
  readonly onError: (error: MycroftError) => void;
}
