/** `mycroft agents`: the project's agents. */
import type { Invocation } from "../command.ts";
import { openProject } from "../project/open-project.ts";
import { renderTable } from "../text/table.ts";

export async function execute({ options, terminal }: Invocation): Promise<number> {
  const { project, configFile } = await openProject(options);
  const agents = project.agents.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (terminal.json) {
    const listed = agents.map(({ name, version, description, capabilities }) => {
      return { name, version, description, capabilities };
    });
    terminal.printJson({ configFile, agents: listed });
    return 0;
  }
  if (agents.length === 0) {
    terminal.note(`${configFile ?? "The project"} has no agents; add some with \`agents: [...]\`.`);
    return 0;
  }
  const columns = [
    { title: "Agent" },
    { title: "Version" },
    { title: "Capabilities" },
    { title: "What it judges by", wraps: true },
  ];
  const rows = agents.map(({ name, version, description, capabilities }) => [
    { text: name, style: "bold" } as const,
    version,
    capabilities.join(", "),
    description,
  ]);
  for (const line of renderTable(columns, rows, terminal)) terminal.print(line);
  return 0;
}
