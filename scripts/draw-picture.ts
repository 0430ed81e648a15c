/**
 * Draws the README's picture: what `mycroft start` prints, in its colours, as an SVG. Run it when the output changes:
 * node scripts/draw-picture.ts
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

const root = join(import.meta.dirname, "..");
const maxLines = 44;
const cell = { width: 8.4, height: 19 };
const margin = { left: 22, top: 58 };
/** ANSI colour codes and the fills that stand for them on a dark ground. */
const fills: Readonly<Record<string, string>> = {
  "31": "#ff7b72",
  "32": "#7ee787",
  "33": "#e3b341",
  "35": "#d2a8ff",
  "36": "#79c0ff",
};
const plain = "#d7dee6";

interface Look {
  readonly fill: string;
  readonly isBold: boolean;
  readonly isDim: boolean;
}

const noLook: Look = { fill: plain, isBold: false, isDim: false };

function afterCode(look: Look, code: string): Look {
  if (code === "0") return noLook;
  if (code === "1") return { ...look, isBold: true };
  if (code === "2") return { ...look, isDim: true };
  if (code === "22") return { ...look, isBold: false, isDim: false };
  return { ...look, fill: fills[code] ?? (code === "39" ? plain : look.fill) };
}

/** One line of text with ANSI codes as SVG text spans. */
function spans(line: string): string {
  const [first = "", ...styled] = line.split("\u001b[");
  let look = noLook;
  const rest = styled.map((part) => {
    const end = part.indexOf("m");
    look = part.slice(0, end).split(";").reduce(afterCode, look);
    return span(part.slice(end + 1), look);
  });
  return [span(first, noLook), ...rest].join("");
}

function span(text: string, look: Look): string {
  if (text === "") return "";
  const style = `${look.isBold ? ' font-weight="bold"' : ""}${look.isDim ? ' opacity="0.6"' : ""}`;
  return `<tspan fill="${look.fill}"${style}>${escapeXml(text)}</tspan>`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function draw(lines: readonly string[]): string {
  const widest = Math.max(...lines.map((line) => stripVTControlCharacters(line).length));
  const width = Math.ceil(margin.left * 2 + widest * cell.width);
  const height = margin.top + lines.length * cell.height + 14;
  const dots = ["#ff5f57", "#febc2e", "#28c840"].map(
    (fill, index) => `<circle cx="${24 + index * 20}" cy="22" r="6" fill="${fill}"/>`,
  );
  const text = lines.map(
    (line, index) =>
      `<text x="${margin.left}" y="${margin.top + index * cell.height}" xml:space="preserve">${spans(line)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">`,
    "<title>What npm start prints: each agent's view of each company, the conflict, the decision and its weight</title>",
    `<rect width="${width}" height="${height}" rx="10" fill="#0d1117"/>`,
    ...dots,
    ...text,
    "</svg>",
    "",
  ].join("\n");
}

const folder = mkdtempSync(join(tmpdir(), "mycroft-picture-"));
const output = execFileSync(
  process.execPath,
  [join(root, "packages/cli/bin/mycroft.js"), "start", "--no-web"],
  {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, FORCE_COLOR: "1" },
    stdio: ["ignore", "pipe", "ignore"],
  },
);
rmSync(folder, { recursive: true });
writeFileSync(
  join(root, "docs/committee.svg"),
  draw(["$ npm start", "", ...output.split("\n")].slice(0, maxLines)),
);
