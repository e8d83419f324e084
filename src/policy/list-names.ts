/**
 * Names of prefix lists that are a policy by themselves. A policy is its rules: two that have the same ones are equal
 * whatever they are called, so that the name, which is for people alone, stands beside them.
 */
import type { PrefixRule } from './types.js'

const names = new WeakMap<readonly PrefixRule[], string>()

/** Notes what the rules are called. @returns them */
export function named<T extends readonly PrefixRule[]>(rules: T, name: string): T {
  names.set(rules, name)
  return rules
}

/** What the rules are called; '' where they were written without a name. */
export function nameOf(rules: readonly PrefixRule[]): string {
  return names.get(rules) ?? ''
}
