/** Lines over days or rounds. */
import { formatNumber } from "../design/format.ts";
import { ChartFrame } from "./chart-frame.tsx";
import { baseOptions, type ChartMark, markLines } from "./chart-options.ts";
import { seriesColor } from "./chart-palette.ts";

export interface LineSeries {
  readonly name: string;
  /** One for each x; null leaves a gap. */
  readonly values: readonly (number | null)[];
  /** A CSS colour; by its place among the series unless given. */
  readonly color?: string | undefined;
  readonly isDashed?: boolean | undefined;
}

interface LineChartProps {
  /** What it shows, in a sentence. */
  readonly label: string;
  readonly xs: readonly string[];
  readonly series: readonly LineSeries[];
  readonly marks?: readonly ChartMark[];
  readonly xLabel?: string;
  readonly yLabel?: string;
  readonly yMin?: number;
  readonly yMax?: number;
  readonly formatY?: (value: number) => string;
  readonly heightPx?: number;
}

/** Dashes tell lines apart that a person's eyes give one colour. */
const dashes: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

export function LineChart({
  label,
  xs,
  series,
  marks = [],
  xLabel,
  yLabel,
  yMin,
  yMax,
  formatY = (value) => formatNumber(value, 3),
  heightPx = 220,
}: LineChartProps) {
  return (
    <ChartFrame<"line">
      label={label}
      heightPx={heightPx}
      data={series}
      configure={(palette) => ({
        type: "line",
        data: {
          labels: [...xs],
          datasets: series.map(({ name, values, color, isDashed }, index) => {
            const stroke = palette.resolve(color ?? seriesColor(index));
            return {
              label: name,
              data: [...values],
              borderColor: stroke,
              backgroundColor: stroke,
              borderWidth: 1.75,
              borderDash: [...((isDashed === true ? dashes[1] : dashes[Math.floor(index / 8) % 4]) ?? [])],
              pointRadius: values.length > 60 ? 0 : 2,
              pointHitRadius: 8,
              tension: 0,
            };
          }),
        },
        options: baseOptions(palette, { xLabel, yLabel, yMin, yMax, formatY, hasLegend: series.length > 1 }),
        plugins: [markLines(palette, marks, xs)],
      })}
      table={() => ({
        columns: [xLabel ?? "", ...series.map(({ name }) => name)],
        rows: xs.map((x, index) => [
          x,
          ...series.map(({ values }) => {
            const value = values[index];
            return value === null || value === undefined ? "\u2013" : formatY(value);
          }),
        ]),
      })}
    />
  );
}
