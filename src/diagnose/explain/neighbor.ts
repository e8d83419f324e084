/** Why a neighbor is as it is. */

import { said } from '../../session/reasons.js'
import type { LastError, NeighborView } from '../../views/model/neighbor.js'
import type { Capability } from '../../wire/types.js'
import { ofNeighbor } from '../model/about.js'
import type { Explanation, Fact } from '../model/explanation.js'
import type { Facts } from '../model/facts.js'
import type { Finding } from '../model/finding.js'
import { duration, nameOf } from '../model/names.js'
import { conclude, fact } from './conclude.js'

/** Who it is, what its session does, what both said, what ended it, what its routes are worth. */
export function explainNeighbor(
  neighbor: NeighborView,
  facts: Facts,
  findings: readonly Finding[],
): Explanation {
  const { state, prefixesReceived } = neighbor
  const name = nameOf(neighbor)
  const well = neighbor.adminDown
    ? `${name} is shut down here`
    : `${name} is ${state}${state === 'Established' ? ` and sent ${routes(prefixesReceived)}` : ''}`
  return conclude({
    subject: { type: 'neighbor', key: neighbor.key },
    name,
    facts: neighborFacts(neighbor, facts.now),
    findings: ofNeighbor(findings, neighbor.key),
    well,
  })
}

const routes = (count: number) => `${count} ${count === 1 ? 'route' : 'routes'}`

function neighborFacts(neighbor: NeighborView, now: number): Fact[] {
  const { lastReset, lastError, gracefulRestart, state } = neighbor
  const since = duration((now - Date.parse(neighbor.since)) / 1000)
  const { dynamic, passive, remoteAs, localAs, localAddress } = neighbor
  const origin = dynamic ? 'from a listen range' : 'configured'
  return [
    ...fact('neighbor', `AS ${remoteAs}, ${origin}${passive ? ', never dialled' : ''}`),
    ...fact('this side', `AS ${localAs}${localAddress === undefined ? '' : `, address ${localAddress}`}`),
    ...fact('state', `${state} for ${since}, came up ${times(neighbor.established)}`),
    ...fact('its OPEN', openText(neighbor.capabilities.received)),
    ...fact('our OPEN', openText(neighbor.capabilities.sent)),
    ...fact('hold time', `${neighbor.holdTime} s, keepalive ${neighbor.keepalive} s`),
    ...fact('before', lastReset && `${errorWords(lastReset)}, ${ago(lastReset, now)}`),
    ...fact(
      'last failure',
      state === 'Established' || lastError === undefined || lastError.at === lastReset?.at
        ? undefined
        : `${errorWords(lastError)}, ${ago(lastError, now)}`,
    ),
    ...fact('graceful restart', restartText(gracefulRestart)),
    ...neighbor.families.map((family) => ({
      label: family.family,
      value: family.negotiated
        ? `${family.prefixesReceived} received, ${family.prefixesAccepted} accepted, ${family.prefixesMultipath} in ECMP sets, ${family.prefixesAdvertised} sent`
        : 'not agreed on',
    })),
  ]
}

const times = (count: number) => (count === 1 ? 'once' : `${count} times`)
const ago = ({ at }: LastError, now: number) => `${duration((now - Date.parse(at)) / 1000)} ago`

function errorWords(error: LastError): string {
  const { notification } = error
  if (notification === undefined) return said(error)
  const { direction, code, subcode, name } = notification
  return `${said(error)} (NOTIFICATION ${direction}, ${code}/${subcode} ${name})`
}

function openText(capabilities: readonly Capability[]): string | undefined {
  if (capabilities.length === 0) return undefined
  return capabilities.map(capabilityText).join(', ')
}

function capabilityText(capability: Capability): string {
  switch (capability.name) {
    case 'multiprotocol':
      return `${capability.afi === 1 ? 'IPv4' : capability.afi === 2 ? 'IPv6' : `AFI ${capability.afi}`}${capability.safi === 1 ? '' : ` SAFI ${capability.safi}`}`
    case 'four-octet-as':
      return `AS ${capability.as}`
    case 'graceful-restart':
      return `graceful restart ${capability.time} s${capability.restarting ? ' (has restarted)' : ''}`
    case 'fqdn':
      return 'host name'
    default:
      return capability.name.replaceAll('-', ' ')
  }
}

function restartText({
  negotiated,
  helper,
  remaining,
  restartTime,
}: NeighborView['gracefulRestart']): string | undefined {
  if (helper !== 'none') {
    const left = remaining === undefined ? '' : `, ${Math.ceil(remaining)} s left`
    return helper === 'waiting'
      ? `its routes are kept until it is back${left}`
      : `its routes come again${left}`
  }
  return negotiated ? `agreed on, its routes are kept for ${restartTime} s` : 'not agreed on'
}
