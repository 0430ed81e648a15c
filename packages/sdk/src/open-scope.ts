/**
 * Scopes while they are being filled: each method of their builder adds a step to one scope (a workflow, or the body of a
 * map or repeat) and returns a reference to what the step will give.
 */
import type { StepDefinition } from "@mycroft/engine";
import { type Assembly, checkStep, keep, stepError } from "./assembly.ts";
import { defineMap, defineRepeat, type OpenScope } from "./bodies.ts";
import { defineChildRun } from "./child-run.ts";
import { toJsonSchema } from "./json-schema.ts";
import { defineAsk, defineResolve } from "./opinions.ts";
import { makeRef, type Owner, type RefTo } from "./ref.ts";
import type { StepBuilder } from "./step-builder.ts";
import { attemptOptionNames, checkOptionNames, defineAttemptBase } from "./step-options.ts";
import { toExpression } from "./template.ts";
import { defineApprove, defineSleep, defineWaitFor } from "./waits.ts";

/** An empty scope and the builder that fills it. The methods need no `this`. */
export function openScope(assembly: Assembly): OpenScope {
  const { owner } = assembly;
  const steps: StepDefinition[] = [];
  const openBody = () => openScope(assembly);
  const add = (step: StepDefinition) => {
    checkStep(step.name, assembly);
    steps.push(step);
  };
  /** Adds the step and gives the reference to its output. */
  const place = <R extends RefTo<unknown>>(step: StepDefinition): R => {
    add(step);
    return outputOf(step.name, owner);
  };
  const builder: StepBuilder = {
    call(name, target, input, options = {}) {
      checkOptionNames(options, attemptOptionNames, name, owner);
      if (target?.kind !== "function")
        throw stepError(name, "calls something that defineFunction() did not make", owner);
      keep(assembly.functions, target, name, owner);
      return place({
        ...defineAttemptBase(name, options, owner),
        kind: "call",
        target: { kind: "function", name: target.name },
        input: toExpression(input, { owner, step: name, field: "input" }),
        inputSchema: toJsonSchema(target.input, "input", `the input of function "${target.name}"`),
        outputSchema: toJsonSchema(target.output, "output", `the output of function "${target.name}"`),
      });
    },
    ask(name, agents, request, options = {}) {
      const asked = defineAsk(name, agents, request, options, owner);
      for (const agent of agents) if (typeof agent === "object") keep(assembly.agents, agent, name, owner);
      for (const step of asked.steps) add(step);
      return asked.opinions;
    },
    resolve(name, opinions, options) {
      const step = defineResolve(name, opinions, options, owner);
      if (typeof options.policy === "object") keep(assembly.policies, options.policy, name, owner);
      return place(step);
    },
    map: (name, over, body, options) => place(defineMap(name, over, body, options ?? {}, owner, openBody)),
    repeat: (name, initial, body, options) =>
      place(defineRepeat(name, initial, body, options, owner, openBody)),
    run(name, child, input, options = {}) {
      const step = defineChildRun(name, child, input, options, owner);
      for (const agent of child.agents) keep(assembly.agents, agent, name, owner);
      for (const one of child.functions) keep(assembly.functions, one, name, owner);
      for (const policy of child.policies) keep(assembly.policies, policy, name, owner);
      for (const plan of child.plans) assembly.childPlans.set(plan.hash, plan);
      return place(step);
    },
    approve: (name, shown, options = {}) => place(defineApprove(name, shown, options, owner)),
    waitFor: (name, options) => place(defineWaitFor(name, options, owner)),
    sleep: (name, time, options = {}) => place(defineSleep(name, time, options, owner)),
  };
  return { steps, builder };
}

function outputOf<R extends RefTo<unknown>>(step: string, owner: Owner): R {
  return makeRef<R>({ owner, expression: { kind: "step", step, path: [] } });
}
