/**
 * A price over days, drawn by TradingView's Lightweight Charts: what was known on a day, and apart from it, as unknown to
 * whoever decided then, what came after.
 */
import "./chart.css";
import type { IChartApi, Time } from "lightweight-charts";
import { useEffect, useRef, useState } from "react";
import { useColorScheme } from "../design/color-scheme.ts";
import { formatNumber } from "../design/format.ts";
import { TableOf } from "./chart-frame.tsx";
import { readPalette } from "./chart-palette.ts";

export interface PriceDay {
  /** `YYYY-MM-DD`, in ascending order. */
  readonly date: string;
  readonly price: number;
}

interface PriceChartProps {
  readonly label: string;
  readonly days: readonly PriceDay[];
  /** What comes after this day is shown as unknown then. */
  readonly knownTo?: string | undefined;
  /** Days with a word each, such as the end of the horizon. */
  readonly marks?: readonly { readonly date: string; readonly label: string }[];
  readonly heightPx?: number;
}

interface Overlay {
  /** Of the plot, without the scale at its right. */
  readonly widthPx: number;
  readonly unknownFromPx: number | null;
  readonly marks: readonly { readonly label: string; readonly atPx: number }[];
}

export function PriceChart({ label, days, knownTo, marks = [], heightPx = 280 }: PriceChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const scheme = useColorScheme();
  const [overlay, setOverlay] = useState<Overlay>({ widthPx: 0, unknownFromPx: null, marks: [] });
  const marksKey = JSON.stringify(marks);
  // biome-ignore lint/correctness/useExhaustiveDependencies: Drawn anew when the colours change; marks are compared by value.
  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    let chart: IChartApi | null = null;
    let isWanted = true;
    void import("./price-engine.ts").then(({ drawPrices }) => {
      if (!isWanted) return;
      const palette = readPalette(element);
      chart = drawPrices({ element, days, knownTo: knownTo ?? null, palette });
      const drawn = chart;
      const hasLater = knownTo !== undefined && days.some(({ date }) => date > knownTo);
      const update = (): void => {
        const at = (date: string): number | null => {
          const day = dayAtOrAfter(days, date);
          return day === null ? null : drawn.timeScale().timeToCoordinate(day as Time);
        };
        setOverlay({
          widthPx: drawn.timeScale().width(),
          unknownFromPx: knownTo === undefined || !hasLater ? null : at(lastKnown(days, knownTo)),
          marks: marks.flatMap((mark) => {
            const atPx = at(mark.date);
            return atPx === null ? [] : [{ label: mark.label, atPx }];
          }),
        });
      };
      drawn.timeScale().subscribeVisibleLogicalRangeChange(update);
      drawn.timeScale().subscribeSizeChange(update);
      update();
    });
    return () => {
      isWanted = false;
      chart?.remove();
    };
  }, [days, knownTo, scheme, marksKey]);
  return (
    <figure className="chart">
      <div className="price-chart" role="img" aria-label={label}>
        <div ref={holder} style={{ height: heightPx }} />
        {overlay.unknownFromPx !== null && (
          <span
            className="price-chart-unknown"
            style={{ left: overlay.unknownFromPx, width: overlay.widthPx - overlay.unknownFromPx }}
          >
            <span className="price-chart-word">unknown to the agents</span>
          </span>
        )}
        {overlay.marks.map((mark) => (
          <span
            key={mark.label}
            className={
              mark.atPx > overlay.widthPx / 2 ? "price-chart-mark price-chart-late" : "price-chart-mark"
            }
            style={{ left: mark.atPx }}
          >
            <span className="price-chart-word">{mark.label}</span>
          </span>
        ))}
      </div>
      <figcaption className="chart-source">Chart by TradingView Lightweight Charts</figcaption>
      <TableOf
        label={label}
        table={() => ({
          columns: ["Day", "Price", "Known"],
          rows: days
            .toReversed()
            .map(({ date, price }) => [
              date,
              formatNumber(price, 2),
              knownTo === undefined || date <= knownTo ? "yes" : "not to the agents",
            ]),
        })}
      />
    </figure>
  );
}

/** The line stands on the last day with a price that was known. */
function lastKnown(days: readonly PriceDay[], knownTo: string): string {
  return days.findLast(({ date }) => date <= knownTo)?.date ?? knownTo;
}

/** Days without a price, such as Sundays, have no place of their own on the axis. */
function dayAtOrAfter(days: readonly PriceDay[], date: string): string | null {
  return days.find((day) => day.date >= date)?.date ?? null;
}
