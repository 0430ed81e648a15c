/** `mycroft workflows`: the project's workflows, what each takes, and its steps. */
import type { StepDefinition } from "@mycroft/engine";
import type { Workflow } from "@mycroft/sdk";
import { z } from "zod";
import type { Invocation } from "../command.ts";
import { openProject } from "../project/open-project.ts";
import { printLabelled, printWrapped } from "../text/print-sections.ts";
import type { Terminal } from "../text/terminal.ts";

const hashDigits = 12;

export async function execute({ options, terminal }: Invocation): Promise<number> {
  const { project, configFile } = await openProject(options);
  const workflows = project.workflows.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (terminal.json) {
    terminal.printJson({ configFile, workflows: workflows.map(workflowJson) });
    return 0;
  }
  if (workflows.length === 0) terminal.note(`${configFile ?? "The project"} has no workflows.`);
  workflows.forEach((workflow, index) => {
    if (index > 0) terminal.print("");
    printWorkflow(workflow, terminal);
  });
  return 0;
}

function printWorkflow(workflow: Workflow, terminal: Terminal): void {
  const { name, description, plan } = workflow;
  terminal.print(
    `${terminal.style("bold", name)}  ${terminal.style("dim", `plan ${plan.hash.slice(0, hashDigits)}`)}`,
  );
  if (description !== "") printWrapped(description, terminal);
  const { steps, tags = [] } = plan.workflow;
  const rows = [
    ["Takes", inputText(workflow)],
    ["Steps", stepsText(steps)],
    ...(tags.length === 0 ? [] : [["Tags", tags.join(", ")] as const]),
  ] as const;
  printLabelled(rows, terminal);
}

/** `asOf, universe, horizonDays (optional)`: what a caller may write, before defaults are filled in. */
function inputText({ inputSchema }: Workflow): string {
  const { properties, required = [] } = z.toJSONSchema(inputSchema, { io: "input" });
  if (properties === undefined) return "any JSON of its schema; see --json";
  return Object.keys(properties)
    .map((name) => (required.includes(name) ? name : `${name} (optional)`))
    .join(", ");
}

function stepsText(steps: readonly StepDefinition[]): string {
  return steps.map(stepText).join(", ");
}

function stepText(step: StepDefinition): string {
  switch (step.kind) {
    case "call":
    case "resolve":
      return step.name;
    case "map":
      return `${step.name} (for each: ${stepsText(step.steps)})`;
    case "repeat":
      return `${step.name} (in rounds: ${stepsText(step.steps)})`;
    case "run":
      return `${step.name} (runs ${step.workflow})`;
    case "approve":
      return `${step.name} (waits for a verdict)`;
    case "waitFor":
      return `${step.name} (waits for the signal ${step.signal})`;
    case "sleep":
      return `${step.name} (sleeps)`;
  }
}

function workflowJson({ name, description, plan, inputSchema }: Workflow) {
  const { steps, tags = [] } = plan.workflow;
  const input = z.toJSONSchema(inputSchema, { io: "input" });
  return { name, description, tags, planHash: plan.hash, input, steps: steps.map(stepJson) };
}

interface StepJson {
  readonly name: string;
  readonly kind: StepDefinition["kind"];
  readonly tags?: readonly string[];
  readonly pool?: string;
  readonly calls?: { readonly kind: string; readonly name: string };
  /** Of a child run. */
  readonly planHash?: string;
  readonly signal?: string;
  readonly steps?: readonly StepJson[];
}

function stepJson(step: StepDefinition): StepJson {
  const { name, kind, tags } = step;
  return { name, kind, ...(tags === undefined ? {} : { tags }), ...workJson(step) };
}

function workJson(step: StepDefinition): Omit<StepJson, "name" | "kind" | "tags"> {
  switch (step.kind) {
    case "call":
      return { calls: step.target, ...poolJson(step) };
    case "resolve":
      return { calls: { kind: "policy", name: step.policy }, ...poolJson(step) };
    case "run":
      return { calls: { kind: "workflow", name: step.workflow }, planHash: step.plan };
    case "map":
    case "repeat":
      return { steps: step.steps.map(stepJson) };
    case "waitFor":
      return { signal: step.signal };
    case "approve":
    case "sleep":
      return {};
  }
}

function poolJson({ pool }: { readonly pool?: string }): Pick<StepJson, "pool"> {
  return pool === undefined ? {} : { pool };
}
