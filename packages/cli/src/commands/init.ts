/** `mycroft init DIR`: a small working project, or new links for one that is there. */
import { relative } from "node:path";
import { printable } from "@mycroft/record/text";
import type { Invocation } from "../command.ts";
import { initProject } from "../init/create-project.ts";
import { checkoutFolder } from "../init/link-packages.ts";
import { readArgument } from "../read-options.ts";

export async function execute({ arguments: given, terminal }: Invocation): Promise<number> {
  const { folder, created, links } = await initProject(readArgument(given, "dir"));
  if (terminal.json) {
    terminal.printJson({ folder, created, links });
    return 0;
  }
  const { print, style } = terminal;
  const shownFolder = printable(folder);
  if (created.length > 0) {
    print(`Wrote a project to ${style("bold", shownFolder)}:`);
    for (const file of created) print(`  ${file}`);
  } else {
    print(`${style("bold", shownFolder)} is a project already; its files were not touched.`);
  }
  if (links.linked.length > 0) print(`Linked to ${printable(checkoutFolder())}: ${links.linked.join(", ")}.`);
  else print("All its links are in order.");
  if (links.left.length > 0) {
    print(`Left as they are, since they are no links: ${links.left.join(", ")} in node_modules.`);
  }
  if (created.length > 0) {
    const path = relative(process.cwd(), folder);
    print("");
    print("Next:");
    if (path !== "") print(`  cd ${/^[\w./-]+$/u.test(path) ? path : JSON.stringify(path)}`);
    print("  npx mycroft run my-committee");
  }
  return 0;
}
