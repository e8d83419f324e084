/** A Kubernetes manifest that was given in place of a configuration: both are YAML, and lie side by side. */

import { type Document, isMap, isScalar } from 'yaml'

/** Kinds named in one message. */
const NAMED = 4

/** The kind of an object of Kubernetes; undefined for other documents. */
function kindOf({ contents }: Document): string | undefined {
  if (!isMap(contents) || !contents.has('apiVersion')) return undefined
  const kind = contents.get('kind', true)
  return isScalar(kind) && typeof kind.value === 'string' ? kind.value : undefined
}

/**
 * What a file is that holds objects of Kubernetes.
 * @returns undefined when it holds none
 */
export function manifestOf(
  documents: readonly Document[],
): { readonly message: string; readonly hint: string } | undefined {
  const kinds = [...new Set(documents.flatMap((document) => kindOf(document) ?? []))]
  if (kinds.length === 0) return undefined
  const more = kinds.length > NAMED ? ', …' : ''
  return {
    message: `a Kubernetes manifest (${kinds.slice(0, NAMED).join(', ')}${more}), no configuration of ecmpd`,
    hint: 'it is for the cluster: `kubectl apply -f`; ecmpd’s own file begins with `as` and has `neighbors`, as config/switch.yaml',
  }
}
