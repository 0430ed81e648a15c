/**
 * A copy of this project's bones in a temporary folder (lint settings, manifests of the packages, empty front doors)
 * with the files that a test plants in it, and what the real linter says of them.
 */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { lintCheck, runCheck } from "../scripts/checks.ts";
import { listPackages, type Manifest, readText } from "./project-files.ts";

/** Contents by path from the root of the tree. */
export type Files = Readonly<Record<string, string>>;

export interface Findings {
  readonly passed: boolean;
  /** By path: the rules that fired there, each once. */
  readonly rulesByFile: ReadonlyMap<string, ReadonlySet<string>>;
}

interface LintReport {
  readonly diagnostics: readonly {
    readonly category: string;
    readonly location: { readonly path: string };
  }[];
}

export async function lintPlanted(planted: Files): Promise<Findings> {
  const root = await mkdtemp(join(tmpdir(), "mycroft-planted-"));
  try {
    const files = { ...(await readBones()), ...planted };
    for (const [path, content] of Object.entries(files)) await write(join(root, path), content);
    await linkPackages(root, files);
    const { passed, stdout, stderr } = await runCheck(lintCheck, root, ["--reporter=json"]);
    assert.notEqual(stdout, "", `the linter gave no report: ${stderr}`);
    return { passed, rulesByFile: groupByFile(JSON.parse(stdout)) };
  } finally {
    await rm(root, { recursive: true });
  }
}

async function readBones(): Promise<Files> {
  const files: Record<string, string> = {};
  for (const path of [".gitignore", "biome.json", "package.json", "scripts/no-clock.grit"])
    files[path] = await readText(path);
  for (const { folder } of await listPackages()) {
    files[`${folder}/package.json`] = await readText(`${folder}/package.json`);
    files[`${folder}/src/index.ts`] = "export {};\n";
  }
  return files;
}

/** Makes each package findable by its name, as npm does for workspaces. */
async function linkPackages(root: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    if (!/^packages\/[^/]+\/package\.json$/.test(path)) continue;
    const manifest: Manifest = JSON.parse(content);
    const link = join(root, "node_modules", manifest.name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(root, dirname(path)), link, "junction");
  }
}

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

function groupByFile(report: LintReport): ReadonlyMap<string, ReadonlySet<string>> {
  const rules = new Map<string, Set<string>>();
  for (const { category, location } of report.diagnostics) {
    const found = rules.get(location.path) ?? new Set();
    rules.set(location.path, found.add(category.split("/").at(-1) ?? category));
  }
  return rules;
}
