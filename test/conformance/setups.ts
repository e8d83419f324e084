import type { Setup } from './case.js'

/** The configurations that cases share. Every neighbor of a setup's cases is in one daemon. */
export const SETUPS: readonly Setup[] = [
  { name: 'main', parallel: 14 },
  { name: 'corpus', parallel: 12 },
  { name: 'as4', as: 4200000001 },
  { name: 'long-name', hostName: `${'n'.repeat(60)}.${'m'.repeat(60)}.${'o'.repeat(60)}.${'p'.repeat(70)}` },
  { name: 'origin', originate: ['198.51.100.0/24', '2001:db8:c0::/48'] },
  { name: 'notification', notificationRestart: true },
  { name: 'long-lived', longLived: 30 },
  { name: 'policy', ebgpRequiresPolicy: true },
  { name: 'empty' },
  { name: 'cluster', clusterId: '198.51.100.77' },
  { name: 'no-client-to-client', clientToClient: false },
  { name: 'as-sets', acceptAsSets: true },
  { name: 'med', deterministicMed: true },
  { name: 'stall', smallBuffers: true },
  { name: 'kernel', kernel: true, maximumPaths: 4 },
  { name: 'restarter', kernel: true, restarter: true },
  { name: 'yaml', dialect: 'yaml' },
  { name: 'ios', dialect: 'ios' },
]
