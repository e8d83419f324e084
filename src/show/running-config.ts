import { emitIos } from '../config/ios/emit/emit.js'
import type { Config } from '../config/model/model.js'
import { formatIPv4 } from '../ip/address.js'
import { escapeText } from './text.js'

/**
 * `show running-config`: the effective configuration in the switch's own words, whatever dialect it was
 * written in; what those words can't say, and secrets, whose values are hidden, stand in comments at the top.
 */
export function runningConfig(config: Config): string {
  const { text, lost } = emitIos(config)
  const notes = lost.map((what) => `! not said below: ${escapeText(what)}\n`).join('')
  return `Building configuration...\n\nCurrent configuration:\n${notes}${text}`
}

/** The same for programs: the configuration as the daemon holds it, its ids as people write them. */
export function runningConfigJson(config: Config): object {
  const { routerId, clusterId, ...bgp } = config.bgp
  const cluster = clusterId === undefined ? {} : { clusterId: formatIPv4(clusterId) }
  return { ...config, bgp: { ...bgp, routerId: formatIPv4(routerId), ...cluster } }
}
