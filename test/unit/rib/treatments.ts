import type { ExportTreatment } from '../../../src/rib/export/treatment.js'

/** What AS 64513 sends an eBGP neighbor in AS 65000, with its own address as next hop. */
export const EBGP: ExportTreatment = {
  family: 'ipv4-unicast',
  type: 'ebgp',
  remoteAs: 65000,
  localAs: 64513,
  as4: true,
  extendedNextHop: false,
  maximumMessage: 4096,
  nextHop: 'self',
  ownAddress: Uint8Array.of(192, 0, 2, 200),
  defaultLocalPref: 100,
}

/** What an internal neighbor is sent. */
export const IBGP: ExportTreatment = { ...EBGP, type: 'ibgp', remoteAs: 64513, nextHop: 'unchanged' }
