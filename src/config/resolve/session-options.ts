/** A neighbor's local AS and its OPEN. */

import type { Family } from '../../ip/family.js'
import type { RequiredCapability } from '../../session/types.js'
import type { CapabilityOptions, LocalAsStyle, NeighborOptions } from '../../speaker/model/options.js'
import type { Settings } from '../document/schema.js'
import { REQUIRABLE } from '../document/schema-session.js'
import type { Found } from '../settings/setting.js'
import { readAs } from '../text/values.js'
import { firstOf, type Layer } from './layers.js'
import type { Resolution } from './resolution.js'

const CODES = {
  'route-refresh': 2,
  'extended-next-hop': 5,
  'extended-message': 6,
  'graceful-restart': 64,
  'four-octet-as': 65,
  'enhanced-route-refresh': 70,
} as const

/** The AS that a neighbor knows, and how the real one shows beside it. */
export function localAsOf(
  layers: readonly Layer[],
  speakerAs: number,
  context: Resolution,
): Pick<NeighborOptions, 'localAs' | 'localAsStyle'> {
  const found = firstOf(layers, 'localAs')
  if (found === undefined) return { localAs: speakerAs }
  const { value, path } = found
  const written = typeof value === 'object' ? value.as : value
  const read = readAs(written)
  if ('problem' in read) {
    context.error(typeof value === 'object' ? [...path, 'as'] : path, read.problem, read.hint)
    return { localAs: 0 }
  }
  const localAs = read.value
  if (localAs === speakerAs) {
    const [message, hint] =
      context.dialect === 'ios'
        ? [
            `% Cannot have local-as same as BGP AS number ${localAs}: it changes nothing`,
            'no neighbor ADDRESS local-as',
          ]
        : [`\`localAs\` ${localAs} is this speaker’s own AS: it changes nothing`, 'take it away']
    context.warn(path, message, hint)
  }
  if (typeof value !== 'object' || localAs === speakerAs) return { localAs }
  const style: LocalAsStyle = {
    prepend: value.noPrepend !== true,
    showReal: value.replaceAs !== true,
    dual: value.dualAs === true,
  }
  return style.prepend || style.showReal || style.dual ? { localAs, localAsStyle: style } : { localAs }
}

/** Exceptions from what is announced and expected in OPENs; nothing where there are none. */
export function capabilitiesOf(
  layers: readonly Layer[],
  families: readonly Family[],
  context: Resolution,
): Pick<NeighborOptions, 'capabilities'> {
  const capabilities = exceptionsOf(layers, families, context)
  return Object.keys(capabilities).length === 0 ? {} : { capabilities }
}

function exceptionsOf(
  layers: readonly Layer[],
  families: readonly Family[],
  context: Resolution,
): CapabilityOptions {
  const negotiate = firstOf(layers, 'negotiateCapabilities')
  const override = firstOf(layers, 'overrideCapabilities')
  const strict = firstOf(layers, 'strictCapabilities')
  const extended = firstOf(layers, 'extendedNextHop')
  if (negotiate?.value === false && families.includes('ipv6-unicast')) {
    const hint = 'keep the capabilities, or ipv4-unicast alone'
    context.error(negotiate.path, 'without capabilities a session carries IPv4 alone', hint)
  }
  if (override?.value === true && strict?.value === true) {
    const hint = 'keep one of the two'
    const names =
      context.dialect === 'ios'
        ? 'override-capability and strict-capability-match'
        : '`overrideCapabilities` and `strictCapabilities`'
    context.error(override.path, `${names} exclude each other`, hint)
  }
  const required = requiredOf(firstOf(layers, 'requiredCapabilities'), strict?.value ?? false, families)
  return {
    ...(negotiate?.value === false ? { negotiate: false as const } : {}),
    ...(override?.value === true ? { override: true as const } : {}),
    ...(extended === undefined ? {} : { extendedNextHop: extended.value }),
    ...(required.length === 0 ? {} : { required }),
  }
}

/** In the fixed order of REQUIRABLE, each once. */
function requiredOf(
  named: Found<NonNullable<Settings['requiredCapabilities']>> | undefined,
  strict: boolean,
  families: readonly Family[],
): readonly RequiredCapability[] {
  return REQUIRABLE.filter(
    (name) => named?.value.includes(name) || (strict && families.includes(name as Family)),
  ).map((name) =>
    name === 'ipv4-unicast' || name === 'ipv6-unicast' ? { code: 1, family: name } : { code: CODES[name] },
  )
}

/** Name of a required capability in the document. */
function nameOf(wanted: RequiredCapability): (typeof REQUIRABLE)[number] {
  if (wanted.code === 1) return wanted.family
  return (Object.keys(CODES) as (keyof typeof CODES)[]).find((name) => CODES[name] === wanted.code)!
}

/** The options of this file as the document says them. @param speakerAs the speaker's own AS */
export function describeSession(
  options: Omit<NeighborOptions, 'address'>,
  speakerAs: number,
): Partial<Settings> {
  const { localAs, localAsStyle: style } = options
  const { negotiate, override, extendedNextHop, required } = options.capabilities ?? {}
  return {
    ...(localAs === speakerAs
      ? {}
      : style === undefined
        ? { localAs }
        : {
            localAs: {
              as: localAs,
              noPrepend: !style.prepend,
              replaceAs: !style.showReal,
              dualAs: style.dual,
            },
          }),
    ...(extendedNextHop === undefined ? {} : { extendedNextHop }),
    ...(negotiate === undefined ? {} : { negotiateCapabilities: negotiate }),
    ...(override === undefined ? {} : { overrideCapabilities: override }),
    ...(required === undefined ? {} : { requiredCapabilities: required.map(nameOf) }),
  }
}
