/** The standard normal distribution function and its inverse, to about 1e-9 and better: what the deflated Sharpe ratio needs. */

/**
 * P(Z <= z). For moderate z the series `1/2 + phi(z) (z + z^3/3 + z^5/(3 5) + ...)`, further out the continued fraction of
 * Mills' ratio (Abramowitz and Stegun 1964, "Handbook of Mathematical Functions", 26.2.11 and 26.2.14).
 */
export function normalCdf(z: number): number {
  if (Number.isNaN(z)) return Number.NaN;
  if (Math.abs(z) > 38) return z > 0 ? 1 : 0;
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (Math.abs(z) < 5) {
    let term = z;
    let sum = z;
    for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
      term *= (z * z) / odd;
      sum += term;
    }
    return 0.5 + density * sum;
  }
  const far = Math.abs(z);
  let fraction = far;
  for (let step = 60; step >= 1; step -= 1) fraction = far + step / fraction;
  const tail = density / fraction;
  return z > 0 ? 1 - tail : tail;
}

/** The z with `normalCdf(z) = p`, for p strictly between 0 and 1, by bisection: it is asked for twice a report. */
export function normalQuantile(p: number): number {
  let low = -38;
  let high = 38;
  for (let step = 0; step < 200 && high - low > 1e-13; step += 1) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
