/** `npm run bench -- NAME`: runs one benchmark. Each prints a table and writes JSON into bench/results. */
import { readdirSync } from "node:fs";

const names = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "results")
  .map((entry) => entry.name);
const [name = ""] = process.argv.slice(2);
if (!names.includes(name)) {
  console.error(`There is no benchmark ${JSON.stringify(name)}. There are: ${names.join(", ")}.`);
  process.exitCode = 2;
} else {
  await import(`./${name}/main.ts`);
}
