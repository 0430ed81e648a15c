/** `mycroft cancel RUN`: ends a run that is under way, in whatever process, or one task of it (E11). */
import { findRun } from "@mycroft/runtime";
import { type OperationInput, perform } from "@mycroft/server/operations";
import type { Invocation } from "../command.ts";
import { askOrDo } from "../control/ask-or-do.ts";
import { withClusterControls } from "../host/cluster-store.ts";
import { holdIdle } from "../host/idle-record.ts";
import { readRecordIn } from "../host/read-record.ts";
import type { RecordPlace } from "../project/host-settings.ts";
import { findRecordPlace } from "../project/open-project.ts";
import { readArgument, readText } from "../read-options.ts";
import type { Terminal } from "../text/terminal.ts";

export async function execute({ arguments: given, options, terminal }: Invocation): Promise<number> {
  const place = await findRecordPlace(options);
  const { runId, status: before } = await readRecordIn(place, (store) =>
    findRun(store, readArgument(given, "run")),
  );
  const task = readText(options, "task");
  const reason = readText(options, "reason") ?? "cancelled on the command line";
  const input = { runId, reason, ...(task === undefined ? {} : { task }) };
  const { cancelled, status } =
    before === "running"
      ? await cancelWherever(input, place, terminal)
      : { cancelled: false, status: before };
  const what = task === undefined ? `Run ${runId}` : `Task ${task} of run ${runId}`;
  if (terminal.json) terminal.printJson({ runId, task: task ?? null, cancelled, status });
  else if (cancelled && status === "running" && task === undefined)
    terminal.print(`${what} is being cancelled: ${reason}.`);
  else if (cancelled) terminal.print(`${what} is cancelled: ${reason}.`);
  else terminal.print(`${what} ${settledText(task, status)} already; there is nothing to cancel.`);
  return cancelled ? 0 : 1;
}

/** A run that nobody works on is cancelled without being worked on. */
async function cancelWherever(input: OperationInput<"cancel">, place: RecordPlace, terminal: Terminal) {
  if (place.kind === "cluster") {
    return withClusterControls({ cluster: place.cluster, project: null }, ({ controls }) =>
      perform(controls, "cancel", input),
    );
  }
  const recordFolder = place.folder;
  const asking = { recordFolder, name: "cancel", input, terminal } as const;
  const done = await askOrDo(asking, () =>
    holdIdle(recordFolder, null, (controls) => perform(controls, "cancel", input)),
  );
  return done.value;
}

function settledText(task: string | undefined, status: string): string {
  if (task !== undefined && status === "running") return "has settled";
  return status === "cancelled" ? "was cancelled" : `has ${status}`;
}
