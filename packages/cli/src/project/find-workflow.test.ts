import assert from "node:assert/strict";
import { test } from "node:test";
import { tradingDate, workflow } from "@mycroft/sdk";
import { z } from "zod";
import { failsWith } from "../testing/assert-failure.ts";
import { builtInProject } from "./built-in-project.ts";
import { findCommittee, findWorkflow } from "./find-workflow.ts";
import type { OpenProject } from "./open-project.ts";

test("a workflow is found by its name; an unknown one is refused with those that exist", () => {
  const open = {
    project: builtInProject(),
    configFile: null,
    recordFolder: ".",
    place: { kind: "folder", folder: "." } as const,
  };
  assert.equal(findWorkflow(open, "investment-committee").kind, "workflow");
  const known =
    /no workflow "investment-comittee" in the built-in project; .*Did you mean investment-committee\?/u;
  assert.throws(() => findWorkflow(open, "investment-comittee"), failsWith("WORKFLOW_UNKNOWN", known));
});

test("where none is named, the project's only workflow decides, else the built-in committee, else one is to be named", () => {
  const input = z.object({ asOf: tradingDate });
  const named = (name: string) =>
    workflow({ name, input }, (w) => w.ask("opinions", ["trend"], { subject: "A", asOf: w.input.asOf }));
  const committee = named("investment-committee");
  const choose = (names: readonly string[], name?: string) => {
    const workflows = names.map((one) => (one === committee.name ? committee : named(one)));
    const open: OpenProject = {
      project: { ...builtInProject(), workflows },
      configFile: null,
      recordFolder: ".",
      place: { kind: "folder", folder: "." } as const,
    };
    return findCommittee(open, name).name;
  };
  assert.equal(choose(["mine"]), "mine");
  assert.equal(choose(["mine", "investment-committee"]), "investment-committee");
  assert.equal(choose(["mine", "yours"], "yours"), "yours");
  assert.throws(
    () => choose(["mine", "yours"]),
    failsWith("WORKFLOW_UNKNOWN", /^Say with --workflow .* there are mine, yours\.$/u),
  );
});
