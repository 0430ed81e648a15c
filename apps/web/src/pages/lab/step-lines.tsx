/** Lines over the steps of a walk, uncovered up to where it stands: drawn once, so that a step moves nothing but the cover. */
import { memo, useId, useMemo } from "react";
import { TableOf } from "../../charts/chart-frame.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { plainText } from "../../design/visible-text.ts";

export interface StepLine {
  readonly name: string;
  /** By step; null leaves a gap. */
  readonly values: readonly (number | null)[];
  readonly color: string;
  readonly dash?: string;
}

interface StepLinesProps {
  /** What it shows; the values at the step are added to it for those who do not see it. */
  readonly label: string;
  readonly lines: readonly StepLine[];
  readonly count: number;
  /** The walk stands here: nothing after it is shown. */
  readonly step: number;
  readonly min: number;
  readonly max: number;
  readonly marks: readonly { readonly step: number; readonly text: string }[];
  readonly format: (value: number) => string;
  readonly days: readonly string[];
}

const width = 1_000;
const height = 200;

export function StepLines(props: StepLinesProps) {
  const { label, lines, count, step, min, max, marks, format, days } = props;
  const id = useId();
  const at = (place: number): number => (count < 2 ? 0 : (place / (count - 1)) * width);
  const now = lines
    .map(({ name, values }) => `${plainText(name, 40)} ${textOf(values[step], format)}`)
    .join(", ");
  return (
    <figure className="lab-chart">
      <div className="lab-chart-frame">
        <span className="lab-chart-max">{format(max)}</span>
        <span className="lab-chart-min">{format(min)}</span>
        <svg
          viewBox={`0 0 ${width} ${height}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${label} At ${days[step] ?? "the start"}: ${now}.`}
        >
          <clipPath id={`${id}-cover`}>
            <rect x={0} y={-10} width={at(step) + 2} height={height + 20} />
          </clipPath>
          {min < 0 && max > 0 && (
            <line className="lab-chart-zero" x1={0} x2={width} y1={yOf(0, min, max)} y2={yOf(0, min, max)} />
          )}
          <g clipPath={`url(#${id}-cover)`}>
            {marks.map((mark) => (
              <line
                key={`${mark.step} ${mark.text}`}
                className="lab-chart-mark"
                x1={at(mark.step)}
                x2={at(mark.step)}
                y1={0}
                y2={height}
              >
                <title>{mark.text}</title>
              </line>
            ))}
            <Paths lines={lines} count={count} min={min} max={max} />
          </g>
          <line className="lab-chart-now" x1={at(step)} x2={at(step)} y1={0} y2={height} />
        </svg>
      </div>
      <Legend lines={lines} step={step} format={format} />
      <TableOf
        label={label}
        table={() => ({
          columns: ["Day", ...lines.map(({ name }) => plainText(name, 40))],
          rows: days
            .slice(0, step + 1)
            .map((day, index) => [day, ...lines.map(({ values }) => textOf(values[index], format))]),
        })}
      />
    </figure>
  );
}

function textOf(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? "\u2013" : format(value);
}

function yOf(value: number, min: number, max: number): number {
  return max === min ? height / 2 : height * (1 - (value - min) / (max - min));
}

const Paths = memo(function Paths({
  lines,
  count,
  min,
  max,
}: Pick<StepLinesProps, "lines" | "count" | "min" | "max">) {
  const paths = useMemo(
    () => lines.map((line) => ({ ...line, path: pathOf(line.values, count, min, max) })),
    [lines, count, min, max],
  );
  return paths.map(({ name, color, dash, path }) => (
    <path key={name} className="lab-chart-line" d={path} style={{ stroke: color }} strokeDasharray={dash} />
  ));
});

function pathOf(values: readonly (number | null)[], count: number, min: number, max: number): string {
  let path = "";
  let isDown = false;
  for (const [index, value] of values.entries()) {
    if (value === null) {
      isDown = false;
      continue;
    }
    const x = count < 2 ? 0 : (index / (count - 1)) * width;
    path += `${isDown ? "L" : "M"}${x.toFixed(1)} ${yOf(value, min, max).toFixed(1)}`;
    isDown = true;
  }
  return path;
}

function Legend({ lines, step, format }: Pick<StepLinesProps, "lines" | "step" | "format">) {
  return (
    <ul className="lab-legend" aria-hidden="true">
      {lines.map(({ name, color, dash, values }) => (
        <li key={name}>
          <svg width="18" height="4" aria-hidden="true" focusable="false">
            <line
              x1="0"
              x2="18"
              y1="2"
              y2="2"
              style={{ stroke: color, strokeWidth: 2 }}
              strokeDasharray={dash}
            />
          </svg>
          <SafeText text={name} foldAt={30} /> <span className="quiet">{textOf(values[step], format)}</span>
        </li>
      ))}
    </ul>
  );
}
