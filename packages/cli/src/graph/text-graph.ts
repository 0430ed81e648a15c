/** A workflow as a tree of text, in the order in which steps become ready; readable in 80 columns. */

import type { GraphNode, WorkflowGraph } from "@mycroft/record";
import { workText } from "@mycroft/record";

export interface TextGraphOptions {
  readonly width: number;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
}

const fewestColumns = 30;

export function renderTextGraph(graph: WorkflowGraph, options: TextGraphOptions): readonly string[] {
  const tags = graph.tags.length === 0 ? "" : options.dim(`  tags: ${graph.tags.join(", ")}`);
  return [`${options.bold(graph.name)}${tags}`, ...branchLines(graph.nodes, graph.output, "", options)];
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
  const inner = "nodes" in node.work ? `${indent}│  │  ` : `${indent}│     `;
  return [
    first.replace(`─ ${node.name}:`, `─ ${bold(node.name)}:`),
    ...more,
    ...details.flatMap((detail) => wrapped(detail, inner, `${inner}  `, width)).map(dim),
    ...("nodes" in node.work ? branchLines(node.work.nodes, node.work.output, `${indent}│  `, options) : []),
  ];
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
