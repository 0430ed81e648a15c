import assert from "node:assert/strict";
import { test } from "node:test";
import { failsWith } from "../fixtures/assert-failure.ts";
import { builtInProject } from "./built-in-project.ts";
import { findWorkflow } from "./find-workflow.ts";

test("a workflow is found by its name; an unknown one is refused with those that exist", () => {
  const open = { project: builtInProject(), configFile: null, recordFolder: "." };
  assert.equal(findWorkflow(open, "investment-committee").kind, "workflow");
  const known =
    /no workflow "investment-comittee" in the built-in project; .*Did you mean investment-committee\?/u;
  assert.throws(() => findWorkflow(open, "investment-comittee"), failsWith("WORKFLOW_UNKNOWN", known));
});
