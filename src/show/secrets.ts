/** Keys whose values never leave the process, wherever they stand. */
const SECRET = /^(token|password|secret|md5)$/i

/** A copy of plain values without secrets: for the API, the command line and logs. */
export function withoutSecrets<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutSecrets) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !SECRET.test(key))
      .map(([key, entry]) => [key, withoutSecrets(entry)]),
  ) as T
}
