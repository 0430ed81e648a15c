/** What many measurements come to. */
export function distribution(values: readonly number[]) {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return {
    measured: sorted.length,
    "p50 ms": rounded(at(0.5)),
    "p95 ms": rounded(at(0.95)),
    "p99 ms": rounded(at(0.99)),
    "worst ms": rounded(at(1)),
  };
}

/** Three digits that count. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
