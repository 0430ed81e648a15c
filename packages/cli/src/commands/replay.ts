/** `mycroft replay RUN`: computes a run again from its record. Exit code 0 when the decision hash agrees, 1 when not. */
import { policies } from "@mycroft/ensemble";
import { MycroftError } from "@mycroft/errors";
import { createInProcessGateway } from "@mycroft/gateways";
import { readRun } from "@mycroft/runtime";
import type { MarketData } from "@mycroft/sdk";
import type { Invocation } from "../command.ts";
import { headerJson } from "../decision/run-json.ts";
import { readRecordIn } from "../host/read-record.ts";
import { loadMarket } from "../project/market.ts";
import { type OpenProject, openProject } from "../project/open-project.ts";
import { readArgument } from "../read-options.ts";
import { type DataState, replayReport, replayWith } from "../run-report/replay-report.ts";

export async function execute({ arguments: given, options, terminal }: Invocation): Promise<number> {
  const open = await openProject(options);
  const record = await readRecordIn(open.place, (store) => readRun(store, readArgument(given, "run")));
  const { market, state } = await findMarket(open, options);
  const { agents, functions } = open.project;
  const known = [...policies, ...open.project.policies];
  const gateway = createInProcessGateway({ agents, functions, policies: known, market });
  const findings = await replayWith(record, gateway, { functions, policies: known, data: state });
  if (terminal.json) terminal.printJson({ run: headerJson(record.header), ...findings });
  else for (const line of replayReport(record, findings, terminal.style)) terminal.print(line);
  return findings.agrees ? 0 : 1;
}

/** A replay needs no data unless a function looks at it: data that is gone is remarked upon, and no failure. */
async function findMarket(
  open: OpenProject,
  options: Invocation["options"],
): Promise<{ readonly market: MarketData | null; readonly state: DataState }> {
  try {
    const loaded = await loadMarket(open, options);
    if (loaded === null) return { market: null, state: { kind: "none" } };
    return { market: loaded.data, state: { kind: "loaded", hash: loaded.data.hash } };
  } catch (thrown) {
    if (!(thrown instanceof MycroftError) || thrown.code === "USAGE") throw thrown;
    return { market: null, state: { kind: "unreadable", reason: thrown.message } };
  }
}
