import { emitIos } from '../config/ios/emit.js'
import type { ConfigView } from './source.js'
import { escapeText } from './text.js'

/**
 * `show running-config`: the effective configuration in the switch's own words, whatever dialect it was
 * written in; what those words can't say, and secrets, whose values are hidden, stand in comments at the top.
 */
export function runningConfig(config: ConfigView): string {
  const { text, lost } = emitIos(config)
  const notes = lost.map((what) => `! not said below: ${escapeText(what)}\n`).join('')
  return `Building configuration...\n\nCurrent configuration:\n${notes}${text}`
}
