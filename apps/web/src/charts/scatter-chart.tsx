/** Points with two numbers each, such as a calibration curve: joined by a line where they are one series in order. */
import { formatNumber } from "../design/format.ts";
import { ChartFrame } from "./chart-frame.tsx";
import { axisLook } from "./chart-options.ts";
import { seriesColor } from "./chart-palette.ts";

export interface ScatterSeries {
  readonly name: string;
  /** `weight` 0 to 1 makes a point larger; `note` is said in its tooltip. */
  readonly points: readonly {
    readonly x: number;
    readonly y: number;
    readonly weight?: number;
    readonly note?: string;
  }[];
  readonly isJoined?: boolean;
  readonly color?: string;
}

interface ScatterChartProps {
  readonly label: string;
  readonly series: readonly ScatterSeries[];
  readonly xLabel: string;
  readonly yLabel: string;
  readonly range: { readonly min: number; readonly max: number };
  /** The line on which both numbers are equal. */
  readonly hasDiagonal?: boolean;
  readonly format?: (value: number) => string;
  readonly heightPx?: number;
}

export function ScatterChart({
  label,
  series,
  xLabel,
  yLabel,
  range,
  hasDiagonal = false,
  format = (value) => formatNumber(value, 2),
  heightPx = 260,
}: ScatterChartProps) {
  return (
    <ChartFrame<"scatter">
      label={label}
      heightPx={heightPx}
      data={series}
      configure={(palette) => ({
        type: "scatter",
        data: {
          datasets: [
            ...series.map(({ name, points, isJoined = false, color }, index) => {
              const stroke = palette.resolve(color ?? seriesColor(index));
              return {
                label: name,
                data: points.map(({ x, y }) => ({ x, y })),
                borderColor: stroke,
                backgroundColor: stroke,
                showLine: isJoined,
                borderWidth: 1.5,
                pointRadius: points.map(({ weight = 0.15 }) => 2 + 8 * Math.sqrt(weight)),
              };
            }),
            ...(hasDiagonal
              ? [
                  {
                    label: "equal",
                    data: [
                      { x: range.min, y: range.min },
                      { x: range.max, y: range.max },
                    ],
                    borderColor: palette.quiet,
                    borderDash: [4, 4],
                    borderWidth: 1,
                    pointRadius: 0,
                    showLine: true,
                  },
                ]
              : []),
          ],
        },
        options: {
          responsive: true,
          maintainAspectRatio: false,
          animation: false,
          font: { family: palette.font, size: 11 },
          plugins: {
            legend: { display: series.length > 1, position: "bottom", labels: { color: palette.text } },
            tooltip: {
              callbacks: {
                label: ({ datasetIndex, dataIndex, parsed }) => {
                  const note = series[datasetIndex]?.points[dataIndex]?.note;
                  const text = `${format(parsed.x ?? 0)}, ${format(parsed.y ?? 0)}`;
                  return note === undefined ? text : `${text} (${note})`;
                },
              },
            },
          },
          scales: {
            x: {
              ...axisLook(palette, xLabel),
              ...range,
              ticks: { color: palette.quiet, callback: (value) => format(Number(value)) },
            },
            y: {
              ...axisLook(palette, yLabel),
              ...range,
              ticks: { color: palette.quiet, callback: (value) => format(Number(value)) },
            },
          },
        },
      })}
      table={() => ({
        columns: ["", xLabel, yLabel, ""],
        rows: series.flatMap(({ name, points }) =>
          points.map(({ x, y, note = "" }) => [name, format(x), format(y), note]),
        ),
      })}
    />
  );
}
