/** The way of a command about schedules: to the process that holds the store, else it holds the store itself for a moment. */
import type { Invocation } from "../command.ts";
import { askOrDo } from "../control/ask-or-do.ts";
import { askHolder } from "../control/control-client.ts";
import {
  type OperationInput,
  type OperationName,
  type OperationOutput,
  perform,
  readOutput,
} from "../control/operations.ts";
import { holdIdle, readIdle } from "../host/idle-record.ts";
import { openProject } from "../project/open-project.ts";

type Told = Pick<Invocation, "options" | "terminal">;

/** @throws {MycroftError} what the operation throws; the codes of the store and the configuration. */
export async function changeSchedules<Name extends OperationName>(
  name: Name,
  input: OperationInput<Name>,
  { options, terminal }: Told,
): Promise<OperationOutput<Name>> {
  const { project, recordFolder } = await openProject(options);
  const done = await askOrDo({ recordFolder, name, input, terminal }, () =>
    holdIdle(recordFolder, project, (controls) => perform(controls, name, input)),
  );
  return done.value;
}

/** As `changeSchedules`, for what changes nothing: it needs no store of its own, and waits for nobody. */
export async function readSchedules<Name extends OperationName>(
  name: Name,
  input: OperationInput<Name>,
  { options }: Pick<Told, "options">,
): Promise<OperationOutput<Name>> {
  const { project, recordFolder } = await openProject(options);
  const answer = await askHolder(recordFolder, { operation: name, input });
  if (answer === null) return readIdle(recordFolder, project, (controls) => perform(controls, name, input));
  if ("error" in answer) throw answer.error;
  return readOutput(name, answer.value);
}
