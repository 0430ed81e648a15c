/** The colours of CSS as a canvas needs them: resolved for the scheme in force. */

export interface ChartPalette {
  readonly text: string;
  readonly quiet: string;
  readonly line: string;
  readonly surface: string;
  readonly font: string;
  /** Any CSS colour, also `var(--...)`, resolved. */
  readonly resolve: (color: string) => string;
}

export function readPalette(element: HTMLElement): ChartPalette {
  const probe = document.createElement("span");
  probe.hidden = true;
  element.append(probe);
  const resolve = (color: string): string => {
    probe.style.color = color;
    return toRgb(getComputedStyle(probe).color);
  };
  const palette = {
    text: resolve("var(--text)"),
    quiet: resolve("var(--text-quiet)"),
    line: resolve("var(--line)"),
    surface: resolve("var(--surface)"),
    font: getComputedStyle(element).fontFamily,
  };
  probe.remove();
  return {
    ...palette,
    resolve: (color) => {
      element.append(probe);
      const resolved = resolve(color);
      probe.remove();
      return resolved;
    },
  };
}

/** The colour of a chart's series number `index`, from 0. */
export function seriesColor(index: number): string {
  return `var(--series-${(index % 8) + 1})`;
}

/** Mixed colours are computed as oklab(), which the chart libraries do not read; a canvas turns any colour into bytes. */
function toRgb(color: string): string {
  if (color.startsWith("rgb")) return color;
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  if (context === null) return color;
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 255] = context.getImageData(0, 0, 1, 1).data;
  return `rgba(${red}, ${green}, ${blue}, ${alpha / 255})`;
}
