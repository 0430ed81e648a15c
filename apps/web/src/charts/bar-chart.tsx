/** Bars by name, side by side or stacked. */
import { formatNumber } from "../design/format.ts";
import { ChartFrame } from "./chart-frame.tsx";
import { baseOptions } from "./chart-options.ts";
import { seriesColor } from "./chart-palette.ts";

export interface BarSeries {
  readonly name: string;
  readonly values: readonly number[];
  /** A CSS colour, or one for each bar; by its place among the series unless given. */
  readonly color?: string | readonly string[] | undefined;
}

interface BarChartProps {
  /** What it shows, in a sentence. */
  readonly label: string;
  readonly names: readonly string[];
  readonly series: readonly BarSeries[];
  readonly isStacked?: boolean;
  readonly xLabel?: string;
  readonly yLabel?: string;
  readonly yMin?: number;
  readonly yMax?: number;
  readonly formatY?: (value: number) => string;
  readonly heightPx?: number;
}

export function BarChart({
  label,
  names,
  series,
  isStacked = false,
  xLabel,
  yLabel,
  yMin,
  yMax,
  formatY = (value) => formatNumber(value, 3),
  heightPx = 220,
}: BarChartProps) {
  return (
    <ChartFrame<"bar">
      label={label}
      heightPx={heightPx}
      data={series}
      configure={(palette) => ({
        type: "bar",
        data: {
          labels: [...names],
          datasets: series.map(({ name, values, color }, index) => ({
            label: name,
            data: [...values],
            backgroundColor:
              typeof color === "object"
                ? color.map((one) => palette.resolve(one))
                : palette.resolve(color ?? seriesColor(index)),
            borderColor: palette.surface,
            borderWidth: isStacked ? 1 : 0,
            maxBarThickness: 48,
          })),
        },
        options: baseOptions(palette, {
          xLabel,
          yLabel,
          yMin,
          yMax,
          formatY,
          isStacked,
          hasLegend: series.length > 1,
        }),
      })}
      table={() => ({
        columns: [xLabel ?? "", ...series.map(({ name }) => name)],
        rows: names.map((name, index) => [name, ...series.map(({ values }) => formatY(values[index] ?? 0))]),
      })}
    />
  );
}
