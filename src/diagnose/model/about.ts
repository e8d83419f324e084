/** Findings by what they are about. */

import type { Finding } from './finding.js'

/** Those about one neighbor, in their order. @param key the neighbor's key */
export function ofNeighbor(findings: readonly Finding[], key: string): readonly Finding[] {
  return findings.filter(({ subject }) => subject.type === 'neighbor' && subject.key === key)
}

/** Those about one prefix, in their order. @param prefix canonical text */
export function ofPrefix(findings: readonly Finding[], prefix: string): readonly Finding[] {
  return findings.filter(({ subject }) => subject.type === 'prefix' && subject.prefix === prefix)
}

/** Those about one next hop, in their order. @param address canonical text */
export function ofNextHop(findings: readonly Finding[], address: string): readonly Finding[] {
  return findings.filter(({ subject }) => subject.type === 'next-hop' && subject.address === address)
}

/** Those about this machine, in their order. */
export function ofHost(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ subject }) => subject.type === 'host')
}
