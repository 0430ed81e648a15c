/** How all charts look: quiet axes, no motion, and a tooltip for all series at once. */
import type { ChartOptions, Plugin } from "chart.js";
import type { ChartPalette } from "./chart-palette.ts";

export interface AxisFacts {
  readonly xLabel?: string | undefined;
  readonly yLabel?: string | undefined;
  readonly yMin?: number | undefined;
  readonly yMax?: number | undefined;
  readonly formatY: (value: number) => string;
  readonly hasLegend: boolean;
}

/** For charts whose x axis has names or days. */
export function baseOptions(palette: ChartPalette, facts: AxisFacts): ChartOptions<"line"> {
  const { formatY } = facts;
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    interaction: { mode: "index", intersect: false },
    font: { family: palette.font, size: 11 },
    color: palette.text,
    plugins: {
      legend: {
        display: facts.hasLegend,
        position: "bottom",
        align: "start",
        labels: { boxWidth: 18, boxHeight: 2, color: palette.text },
      },
      tooltip: {
        callbacks: {
          label: ({ dataset, parsed }) =>
            `${dataset.label ?? ""}: ${parsed.y === null ? "\u2013" : formatY(parsed.y)}`,
        },
      },
    },
    scales: {
      x: {
        ...axisLook(palette, facts.xLabel),
        grid: { display: false },
        ticks: { color: palette.quiet, maxRotation: 0, autoSkipPadding: 24 },
      },
      y: {
        ...axisLook(palette, facts.yLabel),
        ...(facts.yMin !== undefined && { min: facts.yMin }),
        ...(facts.yMax !== undefined && { max: facts.yMax }),
        ticks: { color: palette.quiet, maxTicksLimit: 6, callback: (value) => formatY(Number(value)) },
      },
    },
  };
}

export function axisLook(palette: ChartPalette, label: string | undefined) {
  return {
    border: { color: palette.line },
    grid: { color: palette.line },
    title: { display: label !== undefined, text: label ?? "", color: palette.quiet },
  };
}

export interface ChartMark {
  /** One of the chart's x values. */
  readonly x: string;
  readonly label: string;
}

/** Vertical lines with a word each, such as where a change was noticed. */
export function markLines(
  palette: ChartPalette,
  marks: readonly ChartMark[],
  xs: readonly string[],
): Plugin<"line"> {
  return {
    id: "markLines",
    afterDatasetsDraw: ({ ctx, chartArea, scales }) => {
      ctx.save();
      ctx.strokeStyle = palette.text;
      ctx.fillStyle = palette.text;
      ctx.font = `11px ${palette.font}`;
      ctx.setLineDash([4, 3]);
      for (const { x, label } of marks) {
        const at = scales["x"]?.getPixelForValue(xs.indexOf(x)) ?? Number.NaN;
        if (!Number.isFinite(at)) continue;
        ctx.beginPath();
        ctx.moveTo(at, chartArea.top);
        ctx.lineTo(at, chartArea.bottom);
        ctx.stroke();
        const isLate = at > (chartArea.left + chartArea.right) / 2;
        ctx.textAlign = isLate ? "right" : "left";
        ctx.fillText(label, at + (isLate ? -4 : 4), chartArea.top + 10);
      }
      ctx.restore();
    },
  };
}
