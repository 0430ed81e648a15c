/** Whether the project's schedules will ever fire, and whether anybody uses its pools. */

import { allSteps, defaultPool } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { counted } from "@mycroft/record/text";
import type { ScheduleStatus } from "@mycroft/runtime";
import type { Controls } from "@mycroft/server/operations";
import { perform } from "@mycroft/server/operations";
import { readIdle } from "../host/idle-record.ts";
import { lookThrough } from "../host/look-through.ts";
import type { OpenProject } from "../project/open-project.ts";
import type { Finding } from "./finding.ts";

/** Nothing to say of a project that has none. */
export async function checkSchedules(open: OpenProject): Promise<readonly Finding[]> {
  const topic = "Schedules";
  if (open.project.schedules.length === 0) return [];
  const schedules = await listSchedules(open);
  const never = namesOf(schedules.filter(({ nextFiring }) => nextFiring === null));
  const paused = namesOf(schedules.filter(({ paused }) => paused));
  const findings: Finding[] = [];
  if (never !== "") {
    const hint =
      "Correct their cron text, calendar or last day (endAt), or take them out of the configuration.";
    findings.push({ topic, status: "warn", text: `these never fire again: ${never}`, hint });
  }
  if (paused !== "") {
    const hint = "`mycroft schedule resume NAME` lets one fire again.";
    findings.push({ topic, status: "warn", text: `these are paused: ${paused}`, hint });
  }
  if (findings.length > 0) return findings;
  return [
    { topic, status: "ok", text: `${namesOf(open.project.schedules)}; they fire while \`mycroft up\` runs` },
  ];
}

/** None where nothing was ever run: looking must not make a store. */
async function listSchedules(open: OpenProject): Promise<readonly ScheduleStatus[]> {
  const { project, place } = open;
  const list = (controls: Controls) => perform(controls, "listSchedules", {});
  if (place.kind === "folder") return (await readIdle(place.folder, project, list)).schedules;
  try {
    return (await lookThrough(open, "listSchedules", {})).schedules;
  } catch (thrown) {
    if (thrown instanceof MycroftError && thrown.code === "NOT_FOUND") return [];
    throw thrown;
  }
}

/** Nothing to say of a project that declares none. */
export function checkPools({ project }: OpenProject): readonly Finding[] {
  const topic = "Pools";
  const names = Object.keys(project.pools);
  if (names.length === 0) return [];
  const used = new Set<string>([defaultPool]);
  for (const { workflow } of project.workflows.flatMap(({ plans }) => plans)) {
    for (const step of allSteps(workflow.steps)) {
      if ("pool" in step && step.pool !== undefined) used.add(step.pool);
    }
  }
  const idle = names.filter((name) => !used.has(name));
  if (idle.length === 0) {
    const text = names
      .map((name) => `${name} (${counted(project.pools[name]?.slots ?? 0, "slot")})`)
      .join(", ");
    return [{ topic, status: "ok", text }];
  }
  const hint = "Name them in steps (`pool: ...`), or take them out of the configuration.";
  return [{ topic, status: "warn", text: `no step of any workflow uses ${idle.join(", ")}`, hint }];
}

function namesOf(entries: readonly { readonly name: string }[]): string {
  return entries.map(({ name }) => name).join(", ");
}
