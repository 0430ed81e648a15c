/** Finds a project's workflow: by its name, or the one to ask where none is named. */
import { MycroftError } from "@mycroft/errors";
import { existing, suggestion } from "@mycroft/record/text";
import type { Workflow } from "@mycroft/sdk";
import type { OpenProject } from "./open-project.ts";

const usualCommittee = "investment-committee";

/**
 * The workflow that decides on companies: the one named, else the project's only one, else the built-in committee.
 * @throws {MycroftError} WORKFLOW_UNKNOWN, with the names that exist.
 */
export function findCommittee(open: OpenProject, name: string | undefined): Workflow {
  const { workflows } = open.project;
  if (name !== undefined) return findWorkflow(open, name);
  const [first, second] = workflows;
  if (first !== undefined && second === undefined) return first;
  if (workflows.some((one) => one.name === usualCommittee)) return findWorkflow(open, usualCommittee);
  const names = workflows.map((one) => one.name).sort();
  throw new MycroftError(
    "WORKFLOW_UNKNOWN",
    `Say with --workflow which one is to decide, as ${open.configFile ?? "the project"} has no ${usualCommittee}; ${existing(names)}.`,
    { details: { workflow: usualCommittee, known: names } },
  );
}

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
