/** Median and spread of a few runs. */
export interface Summary {
  readonly runs: number
  readonly min: number
  readonly median: number
  readonly max: number
}

/**
 * Sums up figures of equal unit.
 * @throws RangeError for an empty list
 */
export function summarize(values: readonly number[]): Summary {
  if (values.length === 0) throw new RangeError('no figures to sum up')
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  return { runs: sorted.length, min: sorted[0], median, max: sorted[sorted.length - 1] }
}
