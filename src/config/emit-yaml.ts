/** Configurations as YAML: the effective one of `config show`, and a switch's text converted. */

import { isMap, isScalar, isSeq, visit, Document as YamlDocument } from 'yaml'
import { describe } from './describe/describe.js'
import type { Document, Settings } from './document/schema.js'
import { readIos } from './ios/read.js'
import { dialectOf, loadText } from './load.js'
import { type Environment, machine } from './model/environment.js'
import type { Config } from './model/model.js'
import type { Diagnostic } from './text/diagnostic.js'
import { Report } from './text/diagnostic.js'
import { passwordsOf } from './text/secrets.js'

/** Mappings that read better on one line. */
const ON_ONE_LINE = new Set([
  'timers',
  'maximumPaths',
  'gracefulRestart',
  'longLivedGracefulRestart',
  'nextHopIds',
  'ipv4-unicast',
  'ipv6-unicast',
])

/** Lists whose entries read better on one line. */
const OWN_ROUTES = new Set(['networks', 'redistribute', 'aggregates'])

/**
 * The effective configuration as YAML, every default spelled out. Secrets are left out; a comment says so.
 * @returns text that loads to an equal configuration (but for a token that stood in the file itself)
 */
export function emitYaml(config: Config): string {
  const { api, source } = config
  const hidden = api.token !== undefined && api.tokenFrom === undefined
  const inline = [...passwordsOf(config)].filter(([, { passwordFrom }]) => passwordFrom === undefined)
  const comments = [
    ` The effective configuration of ${source.file}, defaults included.`,
    ...(hidden ? [' The API’s token is set and not shown.'] : []),
    ...(inline.length > 0
      ? [` Passwords are set and not shown: ${inline.map(([path]) => path).join(', ')}.`]
      : []),
  ]
  return documentToYaml(describe(config), comments)
}

/** A document as YAML. @param comments lines put on top, each with its leading blank */
function documentToYaml(document: Document, comments: readonly string[]): string {
  const yaml = new YamlDocument(document, { aliasDuplicateObjects: false })
  visit(yaml, {
    Pair(_, pair) {
      const key = isScalar(pair.key) ? String(pair.key.value) : ''
      if (ON_ONE_LINE.has(key) && isMap(pair.value) && pair.value.items.length > 0) pair.value.flow = true
      if (key === 'families' && isSeq(pair.value)) pair.value.flow = true
      if (OWN_ROUTES.has(key) && isSeq(pair.value))
        for (const item of pair.value.items) if (isMap(item)) item.flow = true
      if (isSeq(pair.value))
        for (const item of pair.value.items) if (isMap(item) && isRule(item)) item.flow = true
    },
  })
  yaml.commentBefore = comments.join('\n')
  return yaml.toString({ lineWidth: 0, flowCollectionPadding: true })
}

function isRule(map: { has(key: string): boolean }): boolean {
  return map.has('permit') || map.has('deny')
}

/** A switch's text as YAML. */
export interface Converted {
  /** Undefined when a diagnostic is an error. */
  readonly text?: string
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Converts a configuration to YAML. A switch's text keeps its groups and prefix lists, and its defaults, which
 * differ from YAML's, are written out; YAML comes out as its effective configuration. Never throws.
 */
export function convertToYaml(text: string, file: string, environment: Environment = machine): Converted {
  const loaded = loadText(text, file, environment)
  if (loaded.config === undefined) return loaded
  if (dialectOf(text) === 'yaml') return { text: emitYaml(loaded.config), diagnostics: loaded.diagnostics }
  const read = readIos(text, new Report(file), environment)
  if (read === undefined) return { diagnostics: loaded.diagnostics }
  const document = withPasswordFiles(read.document)
  const comments = [
    ` Converted from ${file}. A switch’s defaults differ from this format’s, so that they are written out`,
    ' under `defaults`: it announces the best paths to every neighbor, with third-party next hops.',
    ...(document === read.document
      ? []
      : [' Passwords are not copied: each `passwordFile` names a file to put one into.']),
  ]
  return { text: documentToYaml(document, comments), diagnostics: loaded.diagnostics }
}

/** The document with a file in the place of each password; itself when there is none. */
function withPasswordFiles(document: Document): Document {
  let found = false
  const hide = <T extends Settings>(name: string, settings: T): T => {
    if (settings.password === undefined) return settings
    found = true
    const { password, ...rest } = settings
    return { ...rest, passwordFile: `/etc/ecmpd/${name.replace(/[^\w.:-]/g, '_')}.password` } as T
  }
  const { neighbors = [], groups = {} } = document
  const hidden = {
    ...document,
    ...(document.groups === undefined
      ? {}
      : {
          groups: Object.fromEntries(
            Object.entries(groups).map(([name, settings]) => [name, hide(name, settings)]),
          ),
        }),
    neighbors: neighbors.map((neighbor) => hide(neighbor.address, neighbor)),
  }
  return found ? hidden : document
}
