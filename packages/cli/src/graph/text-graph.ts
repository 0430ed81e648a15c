/** A workflow as a tree of text, in the order in which steps become ready; readable in 80 columns. */
import type { GraphNode, NodeWork, WorkflowGraph } from "./workflow-graph.ts";

export interface TextGraphOptions {
  readonly width: number;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
}

const fewestColumns = 30;

export function renderTextGraph(graph: WorkflowGraph, options: TextGraphOptions): readonly string[] {
  return [options.bold(graph.name), ...branchLines(graph.nodes, graph.output, "", options)];
}

function branchLines(
  nodes: readonly GraphNode[],
  output: string,
  indent: string,
  options: TextGraphOptions,
): readonly string[] {
  return [
    ...nodes.flatMap((node) => nodeLines(node, indent, options)),
    ...wrapped(`output: ${output}`, `${indent}└─ `, `${indent}   `, options.width),
  ];
}

function nodeLines(node: GraphNode, indent: string, options: TextGraphOptions): readonly string[] {
  const { bold, dim, width } = options;
  const [first = "", ...more] = wrapped(
    `${node.name}: ${workText(node.work)}`,
    `${indent}├─ `,
    `${indent}│     `,
    width,
  );
  const details = [...(node.takes.length === 0 ? [] : [`from ${node.takes.join(", ")}`]), ...node.rules];
  const inner = node.work.kind === "map" ? `${indent}│  │  ` : `${indent}│     `;
  return [
    first.replace(`─ ${node.name}:`, `─ ${bold(node.name)}:`),
    ...more,
    ...details.flatMap((detail) => wrapped(detail, inner, `${inner}  `, width)).map(dim),
    ...(node.work.kind === "map"
      ? branchLines(node.work.nodes, node.work.output, `${indent}│  `, options)
      : []),
  ];
}

/** What a node does, in a few words. */
export function workText(work: NodeWork): string {
  switch (work.kind) {
    case "ask":
      return `ask ${work.agents.join(", ")}`;
    case "call":
      return `call ${work.target}`;
    case "resolve":
      return `resolve with ${work.policy}`;
    case "map": {
      const failures = work.maxFailedItems === 0 ? "" : `, up to ${work.maxFailedItems} may fail`;
      return `for each of ${work.over} (at most ${work.maxItems.toLocaleString("en")}${failures})`;
    }
  }
}

/** Breaks a text at blanks; words that are longer than a line stay whole. */
function wrapped(text: string, first: string, rest: string, width: number): readonly string[] {
  const room = Math.max(fewestColumns, width - Math.max(first.length, rest.length));
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((part, index) => `${index === 0 ? first : rest}${part}`);
}
