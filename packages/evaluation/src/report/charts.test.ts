import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { evenIndices, lineChart } from "./charts.ts";
import { reportStyle } from "./report-style.ts";

function chartOf(names: readonly string[], periods: number): string {
  return lineChart({
    title: "t",
    periods: Array.from({ length: periods }, (_, at) => `p${at}`),
    series: names.map((name, index) => {
      return { name, values: Array.from({ length: periods }, (_, at) => 1 + (index * at) / 1_000) };
    }),
    label: (value) => value.toFixed(2),
  });
}

/** Colour and dash of each line of the plot, in the order of the series. */
function stylesIn(chart: string): readonly string[] {
  return Array.from(
    chart.matchAll(/<path d="[^"]*" (class="line c\d"[^>]*)><title>/gu),
    ([, style]) => style ?? "",
  );
}

describe("a line chart", () => {
  it("draws 32 lines that no two of share colour and dash, and names each beside a sample of its own", () => {
    const names = Array.from({ length: 32 }, (_, index) => `line ${index}.`);
    const chart = chartOf(names, 50);
    const styles = stylesIn(chart);
    assert.equal(styles.length, 32);
    assert.equal(new Set(styles).size, 32);
    names.forEach((name, index) => {
      const sample = `<path d="M0 4L34 4" ${styles[index]}/></svg>${name} <span>`;
      assert.ok(chart.includes(sample), sample);
    });
  });

  it("has a colour of the page for each line, in light and in dark", () => {
    const [light = "", dark = ""] = reportStyle.split("@media");
    const colours = stylesIn(chartOf(["a", "b", "c", "d", "e", "f", "g", "h"], 3)).map(
      (style) => /c\d/u.exec(style)?.[0],
    );
    assert.equal(new Set(colours).size, 8);
    for (const colour of colours) {
      for (const ground of [light, dark]) assert.match(ground, new RegExp(`--${colour}:#[0-9a-f]{6}`, "u"));
    }
  });

  it("names its lines in the order in which they end, and its ticks by round numbers", () => {
    const chart = chartOf(["low", "middle", "high"], 501);
    assert.ok(chart.indexOf("high <span>2.00") < chart.indexOf("middle <span>1.50"));
    assert.ok(chart.indexOf("middle <span>1.50") < chart.indexOf("low <span>1.00"));
    const ticks = Array.from(chart.matchAll(/text-anchor="end">([^<]*)</gu), ([, tick]) => tick);
    assert.deepEqual(ticks, ["1.00", "1.20", "1.40", "1.60", "1.80", "2.00"]);
  });

  it("of many periods keeps the first and the last", () => {
    assert.deepEqual(evenIndices(5, 9), [0, 1, 2, 3, 4]);
    const shown = evenIndices(10_007, 800);
    assert.deepEqual([shown.length, new Set(shown).size, shown[0], shown.at(-1)], [800, 800, 0, 10_006]);
    const points = /<path d="([^"]*)"/u.exec(chartOf(["a"], 10_007))?.[1]?.split("L") ?? [];
    assert.equal(points.length, 800);
  });
});
