/** The lines of a neighbor about AS numbers, OPEN, paths and communities. */

import type { FamilyOptions, NeighborOptions } from '../../../speaker/model/options.js'

type Template = Omit<NeighborOptions, 'address'>

/**
 * What a neighbor's lines say of the own AS, of its OPEN and of the pace of announcements, behind its name.
 * @param path of the neighbor in the document
 * @param lost gets what these words can't say
 */
export function sessionLines(
  options: Template,
  speakerAs: number,
  path: string,
  lost: string[],
): readonly string[] {
  const { advertisementInterval, timers } = options
  const { negotiate, override, extendedNextHop, required = [] } = options.capabilities ?? {}
  const families = options.families.map((one) => one.family)
  const strict =
    required.length > 0 &&
    families.every((family) => required.some((one) => one.code === 1 && one.family === family))
  const rest = required.filter((one) => !(strict && one.code === 1 && families.includes(one.family)))
  for (const one of rest) {
    lost.push(`${path}.requiredCapabilities: ${one.code === 1 ? one.family : `capability ${one.code}`}`)
  }
  return [
    ...localAsLine(options, speakerAs),
    ...(options.enforceFirstAs === false ? ['no enforce-first-as'] : []),
    ...(options.connectedCheck === false ? ['disable-connected-check'] : []),
    ...(advertisementInterval === undefined ? [] : [`advertisement-interval ${advertisementInterval}`]),
    ...(negotiate === false ? ['dont-capability-negotiate'] : []),
    ...(override === true ? ['override-capability'] : []),
    ...(strict ? ['strict-capability-match'] : []),
    ...(extendedNextHop === undefined ? [] : [`${extendedNextHop ? '' : 'no '}capability extended-nexthop`]),
    ...(timers.delayOpen === undefined ? [] : [`timers delayopen ${timers.delayOpen}`]),
  ]
}

function localAsLine({ localAs, localAsStyle: style }: Template, speakerAs: number): readonly string[] {
  if (localAs === speakerAs) return []
  const words = [
    ...(style?.prepend ? [] : [' no-prepend']),
    ...(style?.showReal ? [] : [' replace-as']),
    ...(style?.dual ? [' dual-as'] : []),
  ]
  return [`local-as ${localAs}${words.join('')}`]
}

/** What a neighbor's lines say of paths and communities in one address family, behind its name. */
export function pathLines(options: FamilyOptions): readonly string[] {
  const { allowAsIn, removePrivateAs, asOverride, senderLoopDetection, sendCommunity, unchanged } = options
  const kinds = (['standard', 'extended', 'large'] as const).filter((kind) => !sendCommunity?.[kind])
  return [
    ...(allowAsIn === undefined ? [] : [`allowas-in ${allowAsIn}`]),
    ...(removePrivateAs === undefined
      ? []
      : [
          `remove-private-AS${removePrivateAs.all ? ' all' : ''}${removePrivateAs.replace ? ' replace-as' : ''}`,
        ]),
    ...(asOverride === undefined ? [] : ['as-override']),
    ...(senderLoopDetection === undefined ? [] : ['no sender-as-path-loop-detection']),
    ...(sendCommunity === undefined
      ? []
      : kinds.length === 3
        ? ['no send-community all']
        : kinds.map((kind) => `no send-community ${kind}`)),
    ...(unchanged === undefined
      ? []
      : [`attribute-unchanged${unchanged.asPath ? ' as-path' : ''}${unchanged.med ? ' med' : ''}`]),
  ]
}
