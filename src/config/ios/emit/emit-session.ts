/** The lines of a neighbor about its AS number and its OPEN. */

import type { NeighborOptions } from '../../../speaker/model/options.js'

type Template = Omit<NeighborOptions, 'address'>

/**
 * What a neighbor's lines say of the own AS and of its OPEN, behind its name.
 * @param path of the neighbor in the document
 * @param lost gets what these words can't say
 */
export function sessionLines(
  options: Template,
  speakerAs: number,
  path: string,
  lost: string[],
): readonly string[] {
  const { timers } = options
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
