/**
 * A page of HTML that needs nothing else: no script, no network (its own policy forbids both), light and dark by the
 * reader's setting. What is plain text here is escaped; a body is markup and has to be safe already.
 */
import { reportStyle } from "./report-style.ts";
import { escapeText } from "./svg.ts";

/** @param title plain text. @param body markup: each part of which is a line of the page. */
export function htmlPage(title: string, body: readonly string[]): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeText(title)}</title><style>${reportStyle}</style></head>
<body><main>${body.join("\n")}</main></body></html>
`;
}

export interface TableRow {
  /** Plain text, one for each title. */
  readonly cells: readonly string[];
  /** How the row looks: `policy`, `baseline`, `reference`; as any other unless given. */
  readonly look?: string;
}

/** A table in a frame that scrolls. @param nameColumn which cell names its row. */
export function htmlTable(titles: readonly string[], rows: readonly TableRow[], nameColumn = 0): string {
  const head = titles.map((title, at) => {
    return `<th scope="col"${at === nameColumn ? ' class="name"' : ""}>${escapeText(title)}</th>`;
  });
  const body = rows.map(({ cells, look = "" }) => {
    const row = cells.map((cell, at) =>
      at === nameColumn ? `<th scope="row">${escapeText(cell)}</th>` : `<td>${escapeText(cell)}</td>`,
    );
    return `<tr class="${escapeText(look)}">${row.join("")}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr>${head.join("")}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}
