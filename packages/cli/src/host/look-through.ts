/** Asks where schedules, backfills and pools stand, wherever the record is; nothing is changed, and nobody is waited for. */

import {
  type OperationInput,
  type OperationName,
  type OperationOutput,
  perform,
  readOutput,
} from "@mycroft/server/operations";
import { askHolder } from "../control/control-client.ts";
import type { OpenProject } from "../project/open-project.ts";
import { withClusterControls } from "./cluster-store.ts";
import { readIdle } from "./idle-record.ts";

/** @throws {MycroftError} what the operation throws; the codes of the store. */
export async function lookThrough<Name extends OperationName>(
  { project, place }: OpenProject,
  name: Name,
  input: OperationInput<Name>,
): Promise<OperationOutput<Name>> {
  if (place.kind === "cluster") {
    return withClusterControls({ cluster: place.cluster, project, readOnly: true }, ({ controls }) =>
      perform(controls, name, input),
    );
  }
  const answer = await askHolder(place.folder, { operation: name, input });
  if (answer === null) return readIdle(place.folder, project, (controls) => perform(controls, name, input));
  if ("error" in answer) throw answer.error;
  return readOutput(name, answer.value);
}
