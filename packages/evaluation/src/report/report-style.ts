/** The report's look: one column of text, readable tables, colours for light and dark. */
export const reportStyle = `
:root{color-scheme:light dark;--page:#fff;--ink:#1a1c20;--dim:#5c6370;--rule:#d9dce1;--band:#f4f5f7;--heat:#1f5fa8;
--c0:#1f5fd0;--c1:#d9480f;--c2:#5f6673;--c3:#12833f;--c4:#7b2fd0;--c5:#a17c00;--c6:#0891a5;--c7:#d01f7a}
@media (prefers-color-scheme:dark){:root{--page:#14161a;--ink:#e6e8eb;--dim:#9aa1ac;--rule:#333841;--band:#1c1f25;--heat:#6aa5e8;
--c0:#6aa5f5;--c1:#ff8a4c;--c2:#a9b0bb;--c3:#4fce7a;--c4:#b98af5;--c5:#e3c341;--c6:#45d3e3;--c7:#f772b4}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:1080px;margin:0 auto;padding:24px 20px 64px}
h1{font-size:1.6rem;line-height:1.25;overflow-wrap:anywhere}h2{font-size:1.15rem;margin:2.2em 0 .5em}
p{max-width:75ch;margin:.5em 0;overflow-wrap:anywhere}.facts,figcaption{color:var(--dim);font-size:.9rem}
.scroll{overflow-x:auto;border:1px solid var(--rule);border-radius:6px}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums;width:100%}
th,td{padding:6px 10px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--rule)}
thead th{white-space:normal;vertical-align:bottom;color:var(--dim);font-weight:600;background:var(--band)}
thead th.name{text-align:left}tbody th{text-align:left;font-weight:600;max-width:36ch;overflow:hidden;text-overflow:ellipsis}
tbody tr:last-child>*{border-bottom:0}tr.policy{background:var(--band)}tr.reference,tr.baseline{color:var(--dim)}
table.words td:last-child{white-space:normal;text-align:left;min-width:24ch}
figure{margin:1em 0}svg{width:100%;height:auto;display:block}svg text{fill:var(--dim);font:12px system-ui,sans-serif}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(300px,1fr));gap:8px 24px}
.heat-map svg{max-width:820px}.heat-map text{font-size:11px}.heat-map g text{fill:var(--ink)}.heat-map g.area.rest{fill:var(--rule)}.legend .rest{background:var(--rule)}
.grid line,line.grid{stroke:var(--rule);stroke-width:1}line.zero{stroke:var(--dim);stroke-dasharray:4 3}
.line{fill:none;stroke-width:2}.area{fill-opacity:.85;stroke:var(--page);stroke-width:.5}.bubble{fill-opacity:.65}
.heat{fill:var(--heat)}
.area.rest{fill:var(--rule)}.legend .rest{background:var(--rule)}
.legend{display:flex;flex-wrap:wrap;gap:2px 16px;list-style:none;margin:4px 0;padding:0;font-size:.85rem}
.legend .sample{display:inline-block;width:34px;height:8px;margin-right:8px;vertical-align:middle}.legend span{color:var(--dim);font-variant-numeric:tabular-nums}
.legend i{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:6px}
${Array.from({ length: 8 }, (_, at) => `.line.c${at}{stroke:var(--c${at})}.dot.c${at},.area.c${at},.bubble.c${at}{fill:var(--c${at})}.legend .c${at}{background:var(--c${at})}`).join("\n")}
ul{padding-left:1.2em;overflow-wrap:anywhere}details{margin:1em 0}
`;
