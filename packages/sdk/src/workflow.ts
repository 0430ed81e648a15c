/** What a workflow is once it has been made: its plan, and what it takes to carry the plan out. */
import type { Plan, WorkflowDefinition } from "@mycroft/engine";
import type { Policy } from "@mycroft/ensemble";
import type { z } from "zod";
import type { AgentDefinition, FunctionDefinition } from "./agent.ts";

declare const outputType: unique symbol;

/** A workflow and its plan. `Given` is what a caller may write: fields with a default may be left out of it. */
export interface Workflow<Input = unknown, Output = unknown, Given = unknown> {
  readonly kind: "workflow";
  readonly name: string;
  readonly description: string;
  readonly inputSchema: z.ZodType<Input, Given>;
  readonly definition: WorkflowDefinition;
  readonly plan: Plan;
  /** All that its runs need: its own plan first, then those of its child runs, at any depth. */
  readonly plans: readonly Plan[];
  /** What steps were given as definitions rather than by name, those of child runs included. */
  readonly agents: readonly AgentDefinition[];
  readonly functions: readonly FunctionDefinition[];
  readonly policies: readonly Policy[];
  /**
   * What a run is started with: the given input with its defaults filled in.
   * @throws {MycroftError} INPUT_INVALID with the field, the value and the limit.
   */
  parseInput(input: unknown): Input;
  /** Exists for the compiler alone. */
  readonly [outputType]?: Output;
}

/** Known by its marks, not by identity, so that a second copy of this package makes workflows too. */
export function isWorkflow(value: unknown): value is Workflow {
  if (typeof value !== "object" || value === null || Reflect.get(value, "kind") !== "workflow") return false;
  const plan: unknown = Reflect.get(value, "plan");
  return typeof plan === "object" && plan !== null && Array.isArray(Reflect.get(value, "plans"));
}
