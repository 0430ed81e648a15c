/**
 * A workflow as a Mermaid flowchart. Whatever a name or a condition holds is written as entities where Mermaid could take
 * it for syntax or HTML. Source of the syntax: https://mermaid.js.org/syntax/flowchart.html.
 */

import type { GraphNode, WorkflowGraph } from "@mycroft/record";
import { type PlainWork, workText } from "@mycroft/record";
import { escapeControls } from "@mycroft/record/text";

export function renderMermaid(graph: WorkflowGraph): string {
  const tags = graph.tags.length === 0 ? "" : `<br/>${label(`tags: ${graph.tags.join(", ")}`)}`;
  const lines = ["flowchart TD", `  input(["input of ${label(graph.name)}${tags}"])`];
  const drawing = new Drawing(lines);
  drawing.draw(graph.nodes, "input", "  ");
  lines.push(`  output(["output: ${label(graph.output)}"])`);
  for (const id of drawing.lastOf(graph.nodes)) lines.push(`  ${id} --> output`);
  if (graph.nodes.length === 0) lines.push("  input --> output");
  return lines.join("\n");
}

class Drawing {
  readonly #lines: string[];
  readonly #ids = new Map<GraphNode, string>();

  constructor(lines: string[]) {
    this.#lines = lines;
  }

  /** @param entry what leads to nodes that need nothing; null when nothing does. */
  draw(nodes: readonly GraphNode[], entry: string | null, indent: string): void {
    const byName = new Map(nodes.map((node) => [node.name, node]));
    for (const node of nodes) this.#drawNode(node, indent);
    for (const node of nodes) {
      const needs = node.needs.flatMap((name) => byName.get(name) ?? []);
      for (const need of needs) this.#lines.push(`${indent}${this.#id(need)} --> ${this.#id(node)}`);
      if (needs.length === 0 && entry !== null) this.#lines.push(`${indent}${entry} --> ${this.#id(node)}`);
    }
  }

  /** The nodes that no other one needs. */
  lastOf(nodes: readonly GraphNode[]): readonly string[] {
    const needed = new Set(nodes.flatMap((node) => node.needs));
    return nodes.filter((node) => !needed.has(node.name)).map((node) => this.#id(node));
  }

  #drawNode(node: GraphNode, indent: string): void {
    const id = this.#id(node);
    const text = [`${node.name}: ${workText(node.work)}`, ...node.rules].map(label).join("<br/>");
    if ("nodes" in node.work) {
      this.#lines.push(`${indent}subgraph ${id}["${text}"]`);
      this.draw(node.work.nodes, null, `${indent}  `);
      this.#lines.push(`${indent}end`);
      return;
    }
    const [open, close] = shapes[node.work.kind];
    this.#lines.push(`${indent}${id}${open}"${text}"${close}`);
  }

  /** Names of one's own making, since step names may be words of the syntax. */
  #id(node: GraphNode): string {
    const known = this.#ids.get(node) ?? `step${this.#ids.size + 1}`;
    this.#ids.set(node, known);
    return known;
  }
}

/**
 * Agents give opinions, policies decide, functions compute, other workflows are a process of their own; a person's
 * verdict is a fork in the road, a signal comes in from outside, and a sleep goes by.
 */
const shapes = {
  ask: ["(", ")"],
  resolve: ["{{", "}}"],
  call: ["[", "]"],
  run: ["[[", "]]"],
  approve: ["{", "}"],
  waitFor: [">", "]"],
  sleep: ["([", "])"],
} as const satisfies Record<PlainWork["kind"], readonly [string, string]>;

function label(text: string): string {
  return escapeControls(text).replace(
    /[^\p{L}\p{N} .,:()_-]/gu,
    (character) => `#${character.codePointAt(0)};`,
  );
}
