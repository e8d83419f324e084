/** Where a neighbor's TCP-MD5 password comes from: the document itself, a file or the environment. */

import type { NeighborOptions } from '../../speaker/model/options.js'
import type { Path } from '../text/diagnostic.js'
import { passwordProblem } from '../text/password.js'
import { whyUnreadable } from '../text/unreadable.js'
import { type Layer, ownerOf } from './layers.js'
import type { Resolution } from './resolution.js'

const FORMS = ['password', 'passwordFile', 'passwordEnv'] as const

/** The TCP-MD5 password of the most specific place that has one, in whichever form. */
export function passwordOf(
  layers: readonly Layer[],
  context: Resolution,
): Pick<NeighborOptions, 'password' | 'passwordFrom'> {
  for (const { settings, path } of layers) {
    const given = FORMS.filter((form) => settings[form] !== undefined)
    if (given.length === 0) continue
    if (given.length > 1) {
      const names = given.map((name) => `\`${name}\``).join(' and ')
      context.error([...path, given[1]], `${names} contradict each other`, 'keep one')
      return {}
    }
    const { password, passwordFile, passwordEnv } = settings
    if (passwordFile !== undefined) return fromFile(passwordFile, [...path, 'passwordFile'], context)
    if (passwordEnv !== undefined) return fromVariable(passwordEnv, [...path, 'passwordEnv'], context)
    return { password }
  }
  return {}
}

function fromFile(file: string, path: Path, context: Resolution) {
  let text: string
  try {
    text = context.environment.readFile(file)
  } catch (error) {
    const owner = ownerOf(path, context.document)
    const hint = `write the password of ${owner} into it, alone, on one line, for ecmpd alone to read (chmod 600)`
    context.error(path, `${owner}: its password file ${file} can't be read: ${whyUnreadable(error)}`, hint)
    return {}
  }
  // An editor ends the line; nothing else is taken away, since a blank may be part of it.
  const password = text.replace(/\r?\n$/, '')
  const problem = passwordProblem(password)
  if (problem === undefined) return { password, passwordFrom: { file } }
  context.error(path, `the password in ${file} ${problem}`, 'the file holds the password alone, on one line')
  return {}
}

function fromVariable(variable: string, path: Path, context: Resolution) {
  const password = context.environment.variable(variable)
  if (password === undefined) {
    context.error(path, `the environment has no \`${variable}\``, 'set it before the start')
    return {}
  }
  const problem = passwordProblem(password)
  if (problem === undefined) return { password, passwordFrom: { variable } }
  context.error(path, `the password in the environment’s \`${variable}\` ${problem}`)
  return {}
}
