/** Texts for people in the switch's words: they run to the end of the line. */

import type { Args } from '../../grammar/args.js'
import type { Complaints } from './setting.js'

/** Longest text, octets: what a reader of `show` can take in, and a limit for what the API returns. */
const LONGEST_TEXT = 255

/** Reads an argument that is a text for people. @param name of the argument, of kind `rest` */
export function longText(name: string) {
  return (args: Args, complaints: Complaints): string => {
    const text = args.text(name).replaceAll('\t', ' ')
    if (Buffer.byteLength(text) > LONGEST_TEXT) {
      complaints.error(
        `% Wrong parameter: longer than ${LONGEST_TEXT} octets`,
        undefined,
        args.words.get(name),
      )
    }
    // What steers a terminal has no place in a text that is shown and logged.
    if (/[\u0000-\u001f\u007f]/.test(text)) {
      complaints.error('% Wrong parameter: control characters in the text', undefined, args.words.get(name))
    }
    return text
  }
}
