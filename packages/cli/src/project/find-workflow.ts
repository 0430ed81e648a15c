/** Finds a project's workflow by its name. */
import { MycroftError } from "@mycroft/errors";
import type { Workflow } from "@mycroft/sdk";
import { existing, suggestion } from "../text/nearest-name.ts";
import type { OpenProject } from "./open-project.ts";

/** @throws {MycroftError} WORKFLOW_UNKNOWN, with the names that exist. */
export function findWorkflow({ project, configFile }: OpenProject, name: string): Workflow {
  const workflow = project.workflows.find((one) => one.name === name);
  if (workflow !== undefined) return workflow;
  const names = project.workflows.map((one) => one.name).sort();
  const where = configFile ?? "the built-in project";
  throw new MycroftError(
    "WORKFLOW_UNKNOWN",
    `There is no workflow ${JSON.stringify(name)} in ${where}; ${existing(names)}.${suggestion(name, names)}`,
    { details: { workflow: name, known: names } },
  );
}
