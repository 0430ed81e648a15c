/** Which node of the workflow's graph each step belongs to: the askings of one `ask` are one node. */
import { allSteps, type Plan } from "@mycroft/engine";
import { type GraphNode, workflowGraph } from "@mycroft/record";

/** By the steps' names, which a plan has once each. */
export function nodesBySteps(plan: Plan): ReadonlyMap<string, string> {
  const nodes = new Map<string, string>();
  for (const { name } of allSteps(plan.workflow.steps)) nodes.set(name, name);
  for (const node of everyNode(workflowGraph(plan).nodes)) {
    if (node.work.kind !== "ask") continue;
    for (const agent of node.work.agents) nodes.set(`${node.name}.${agent}`, node.name);
  }
  return nodes;
}

function* everyNode(nodes: readonly GraphNode[]): Iterable<GraphNode> {
  for (const node of nodes) {
    yield node;
    if ("nodes" in node.work) yield* everyNode(node.work.nodes);
  }
}
