/** Draws prices with Lightweight Charts, in a script of its own that is loaded with the first price chart. */
import { AreaSeries, createChart, type IChartApi, LineSeries, LineStyle, LineType } from "lightweight-charts";
import type { ChartPalette } from "./chart-palette.ts";

interface PriceDrawing {
  readonly element: HTMLElement;
  readonly days: readonly { readonly date: string; readonly price: number }[];
  readonly knownTo: string | null;
  readonly palette: ChartPalette;
}

export function drawPrices({ element, days, knownTo, palette }: PriceDrawing): IChartApi {
  const chart = createChart(element, {
    autoSize: true,
    layout: {
      // It would put a style element on the page, which the CSP forbids; the attribution is beside the chart and under About.
      attributionLogo: false,
      background: { color: "transparent" },
      textColor: palette.quiet,
      fontFamily: palette.font,
      fontSize: 11,
    },
    grid: { vertLines: { visible: false }, horzLines: { color: palette.line } },
    rightPriceScale: { borderColor: palette.line, scaleMargins: { top: 0.14, bottom: 0.06 } },
    timeScale: { borderColor: palette.line, fixLeftEdge: true, fixRightEdge: true, minBarSpacing: 0.05 },
    localization: { locale: "en-GB", dateFormat: "yyyy-MM-dd" },
    handleScroll: { mouseWheel: false },
    handleScale: { mouseWheel: false },
  });
  const known = knownTo === null ? days : days.filter(({ date }) => date <= knownTo);
  const line = palette.resolve("var(--series-1)");
  const seen = chart.addSeries(AreaSeries, {
    lineColor: line,
    lineWidth: 2,
    lineType: LineType.Simple,
    topColor: palette.resolve("color-mix(in srgb, var(--series-1) 18%, transparent)"),
    bottomColor: "transparent",
    priceLineVisible: false,
    lastValueVisible: false,
  });
  seen.setData(known.map(({ date, price }) => ({ time: date, value: price })));
  if (known.length < days.length) {
    const later = chart.addSeries(LineSeries, {
      color: palette.quiet,
      lineWidth: 2,
      lineStyle: LineStyle.Dashed,
      priceLineVisible: false,
      lastValueVisible: false,
    });
    later.setData(
      days.slice(Math.max(0, known.length - 1)).map(({ date, price }) => ({ time: date, value: price })),
    );
  }
  chart.timeScale().fitContent();
  return chart;
}
