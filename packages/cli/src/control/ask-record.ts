/** The way of a command that changes or asks something of the record: to whoever works on it, else it holds the record itself for a moment. */

import {
  type OperationInput,
  type OperationName,
  type OperationOutput,
  perform,
} from "@mycroft/server/operations";
import type { Invocation } from "../command.ts";
import { withClusterControls } from "../host/cluster-store.ts";
import { holdIdle, readIdle } from "../host/idle-record.ts";
import { lookThrough } from "../host/look-through.ts";
import { hasRecord } from "../host/read-record.ts";
import { openProject } from "../project/open-project.ts";
import { askOrDo } from "./ask-or-do.ts";

/** Operations that only change what is on record already. */
const isAboutWhatIs: ReadonlySet<OperationName> = new Set(["revokeKey", "cancelBackfill"]);

type Told = Pick<Invocation, "options" | "terminal">;

/** @throws {MycroftError} what the operation throws; the codes of the store and the configuration. */
export async function changeRecord<Name extends OperationName>(
  name: Name,
  input: OperationInput<Name>,
  { options, terminal }: Told,
): Promise<OperationOutput<Name>> {
  const { project, place } = await openProject(options);
  if (place.kind === "cluster") {
    return withClusterControls({ cluster: place.cluster, project }, ({ controls }) =>
      perform(controls, name, input),
    );
  }
  // What cannot be there is not looked for in a record that is made for it.
  if (isAboutWhatIs.has(name) && !(await hasRecord(place.folder)))
    return readIdle(place.folder, project, (controls) => perform(controls, name, input));
  const done = await askOrDo({ recordFolder: place.folder, name, input, terminal }, () =>
    holdIdle(place.folder, project, (controls) => perform(controls, name, input)),
  );
  return done.value;
}

/** As `changeRecord`, for what changes nothing: it needs no store of its own, and waits for nobody. */
export async function askRecord<Name extends OperationName>(
  name: Name,
  input: OperationInput<Name>,
  { options }: Pick<Told, "options">,
): Promise<OperationOutput<Name>> {
  return lookThrough(await openProject(options), name, input);
}
