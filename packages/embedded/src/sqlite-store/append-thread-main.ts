/** What the append thread runs. */
import { parentPort, workerData } from "node:worker_threads";
import type { AppendThreadSettings } from "./append-messages.ts";
import { serveAppends } from "./serve-appends.ts";

if (parentPort !== null) serveAppends(parentPort, workerData as AppendThreadSettings);
