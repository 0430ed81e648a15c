/** `mycroft graph WORKFLOW`: a workflow's steps as a tree of text or as a Mermaid flowchart. */

import { workflowGraph } from "@mycroft/record";
import type { Invocation } from "../command.ts";
import { renderMermaid } from "../graph/mermaid.ts";
import { renderTextGraph } from "../graph/text-graph.ts";
import { findWorkflow } from "../project/find-workflow.ts";
import { openProject } from "../project/open-project.ts";
import { readArgument, readFlag } from "../read-options.ts";

export async function execute({ arguments: given, options, terminal }: Invocation): Promise<number> {
  const { plan } = findWorkflow(await openProject(options), readArgument(given, "workflow"));
  const graph = workflowGraph(plan);
  if (terminal.json) {
    terminal.printJson({ ...graph, planHash: plan.hash, mermaid: renderMermaid(graph) });
  } else if (readFlag(options, "mermaid")) {
    terminal.print(renderMermaid(graph));
  } else {
    const { style, width } = terminal;
    const look = {
      width,
      bold: (text: string) => style("bold", text),
      dim: (text: string) => style("dim", text),
    };
    for (const line of renderTextGraph(graph, look)) terminal.print(line);
  }
  return 0;
}
