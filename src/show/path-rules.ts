import { shownInFrr, shownLines } from '../config/settings/shown.js'
import { FAMILY_SETTINGS } from '../config/settings/table.js'
import type { NeighborView } from '../views/model/neighbor.js'
import type { NeighborFamilyView } from '../views/model/neighbor-family.js'

/** True when nothing is taken from a neighbor for want of a policy: 'State/PfxRcd' says `(Policy)`, as in FRR. */
export function lacksImportPolicy(counts: NeighborFamilyView): boolean {
  return counts.rules?.policyMissing?.import === true
}

/** The own AS towards a neighbor that knows another one: '  Local AS 64999 no-prepend replace-as'. */
export function localAsText({ localAs, localAsStyle: style }: NeighborView): string {
  const words = [
    ...(style?.prepend ? [] : ['no-prepend']),
    ...(style?.showReal ? [] : ['replace-as']),
    ...(style?.dual ? ['dual-as'] : []),
  ]
  return ['  Local AS', localAs, ...words].join(' ')
}

/** What is configured of paths and communities in a family, in FRR's sentences. */
export function ruleLines({ rules = {} }: NeighborFamilyView): readonly string[] {
  return [
    ...shownLines(FAMILY_SETTINGS, rules),
    ...(rules.policyMissing?.import ? ['  Inbound updates discarded due to missing policy'] : []),
    ...(rules.policyMissing?.export ? ['  Outbound updates discarded due to missing policy'] : []),
  ]
}

/** The same in the keys of FRR's JSON. @param internal the neighbor is in the own AS */
export function rulesJson({ rules = {} }: NeighborFamilyView, internal: boolean): object {
  const { policyMissing } = rules
  return {
    ...shownInFrr(FAMILY_SETTINGS, rules, { internal }),
    ...(policyMissing?.import
      ? { inboundEbgpRequiresPolicy: 'Inbound updates discarded due to missing policy' }
      : {}),
    ...(policyMissing?.export
      ? { outboundEbgpRequiresPolicy: 'Outbound updates discarded due to missing policy' }
      : {}),
  }
}
