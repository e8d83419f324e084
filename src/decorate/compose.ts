/** How decorators of a port are put together. */

/**
 * Something around an implementation of a port: counts what goes through, or makes it fail. It is an
 * implementation itself, so that neither the speaker nor what it is put around knows of it.
 * @template T the port: Transport, FibPort
 */
export type Decorator<T> = (inner: T) => T

/**
 * An implementation with decorators around it.
 * @param plain what does the work
 * @param decorators from the inside out: the last one is what the speaker calls first
 * @returns `plain` itself when there are none: nothing is paid for what nobody asked for
 */
export function decorated<T>(plain: T, decorators: readonly Decorator<T>[]): T {
  return decorators.reduce((inner, decorate) => decorate(inner), plain)
}
