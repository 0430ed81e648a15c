/** `mycroft doctor`: what is there, what is missing, and what to do. Exit code 1 when something will not work. */

import { escapeControls } from "@mycroft/record/text";
import type { Invocation } from "../command.ts";
import { checkCode, checkNode, checkPackages } from "../doctor/check-installation.ts";
import { checkTerminal } from "../doctor/check-terminal.ts";
import { type Finding, look } from "../doctor/finding.ts";
import type { ClusterSettings } from "../project/host-settings.ts";
import { readText } from "../read-options.ts";
import { wrapText } from "../text/display-width.ts";
import type { Style, Terminal } from "../text/terminal.ts";

const styles: Readonly<Record<Finding["status"], Style>> = { ok: "green", warn: "yellow", fail: "red" };
const topicWidth = 10;

export async function execute({ options, terminal }: Invocation): Promise<number> {
  const findings = [
    ...(await look("Mycroft", checkCode)),
    ...(await look("Node", checkNode)),
    ...(await look("Packages", checkPackages)),
    ...(await checkWork(options)),
    ...(await look("Terminal", () => checkTerminal(terminal))),
  ];
  const failures = findings.filter(({ status }) => status === "fail").length;
  if (terminal.json) terminal.printJson({ ok: failures === 0, findings });
  else for (const line of doctorLines(findings, terminal)) terminal.print(line);
  return failures === 0 ? 0 : 1;
}

/** Loaded only now: with a package missing, what is above can still be told. */
async function checkWork(options: Invocation["options"]): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  let folder: string | null = null;
  let cluster: ClusterSettings | null = null;
  findings.push(
    ...(await look("Project", async () => {
      const { openProject } = await import("../project/open-project.ts");
      const { checkConfig, checkData } = await import("../doctor/check-project.ts");
      const { checkPools, checkSchedules } = await import("../doctor/check-schedules.ts");
      const open = await openProject(options);
      folder = open.recordFolder;
      if (open.place.kind === "cluster") cluster = open.place.cluster;
      return [
        checkConfig(open),
        ...(await look("Data", () => checkData(open, options))),
        ...(await look("Schedules", () => checkSchedules(open))),
        ...(await look("Pools", () => checkPools(open))),
      ];
    })),
  );
  const settings: ClusterSettings | null = cluster;
  if (settings !== null) {
    const { checkServers } = await import("../doctor/check-servers.ts");
    return [...findings, ...(await look("Store", () => checkServers(settings)))];
  }
  const recordFolder = folder ?? fallbackFolder(options);
  const loaded = import("../doctor/check-record.ts");
  findings.push(...(await look("Record", async () => (await loaded).checkRecord(recordFolder))));
  findings.push(...(await look("Disk", async () => (await loaded).checkDisk(recordFolder))));
  return findings;
}

/** Where the record is as a rule, while the configuration that would say so does not load. */
function fallbackFolder(options: Invocation["options"]): string {
  return `${readText(options, "folder") ?? "."}/.mycroft`;
}

function doctorLines(findings: readonly Finding[], { style, width }: Terminal): readonly string[] {
  const margin = " ".repeat(6 + topicWidth + 2);
  const lines = findings.flatMap(({ topic, status, text, hint }) => {
    const told = hint === undefined ? [text] : [text, `-> ${hint}`];
    const [first = "", ...more] = told.flatMap((one) =>
      wrapText(escapeControls(one), Math.max(1, width - margin.length)),
    );
    const head = `${style(styles[status], status.padEnd(4))}  ${topic.padEnd(topicWidth)}  ${first}`;
    return [head, ...more.map((line) => `${margin}${line}`)];
  });
  const bad = findings.filter(({ status }) => status !== "ok").length;
  return [...lines, "", bad === 0 ? "All is well." : `${bad} of ${findings.length} need attention.`];
}
