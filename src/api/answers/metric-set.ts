import { Counter, Gauge, type Registry } from 'prom-client'

/** Sets one value; the labels that the metric was made with, all of them. */
type Put<T extends string> = (labels: Readonly<Record<T, string>>, value: number) => void

/**
 * Metrics whose values are read when they are asked for, and forgotten then: who has left is not shown, and what is not
 * known is missing instead of 0. Names follow
 * the conventions of Prometheus, which `promtool check metrics` looks after: base units, `_total` on counters alone.
 */
export class MetricSet {
  readonly #registry: Registry

  constructor(registry: Registry) {
    this.#registry = registry
  }

  /** A value that goes up and down. @param fill puts the values of now */
  gauge<T extends string>(
    name: string,
    help: string,
    labelNames: readonly T[],
    fill: (put: Put<T>) => void,
  ): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        this.reset()
        if (labelNames.length === 0) this.remove({})
        fill((labels, value) => this.set(labels, value))
      },
    })
  }

  /** A count that only grows until what it belongs to begins anew. @param fill puts the counts of now */
  counter<T extends string>(
    name: string,
    help: string,
    labelNames: readonly T[],
    fill: (put: Put<T>) => void,
  ): void {
    new Counter({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        this.reset()
        if (labelNames.length === 0) this.remove({})
        fill((labels, value) => this.inc(labels, value))
      },
    })
  }
}
