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
export function ruleLines({ rules }: NeighborFamilyView): readonly string[] {
  const { allowAsIn, removePrivateAs, asOverride, senderLoopDetection, sendCommunity, unchanged } =
    rules ?? {}
  const sent = communityText(sendCommunity)
  return [
    ...(sent === undefined ? [] : [`  Community attribute sent to this neighbor(${sent})`]),
    ...(allowAsIn === undefined
      ? []
      : [
          allowAsIn === 'origin'
            ? '  Local AS allowed as path origin'
            : `  Local AS allowed in path, ${allowAsIn} occurrences`,
        ]),
    ...(removePrivateAs === undefined
      ? []
      : [
          `  Private AS numbers ${removePrivateAs.all ? '(all) ' : ''}${removePrivateAs.replace ? 'replaced' : 'removed'} in updates to this neighbor`,
        ]),
    ...(asOverride ? ['  Override ASNs in outbound updates if aspath equals remote-as'] : []),
    ...(senderLoopDetection === false ? ['  Paths that hold its AS are sent to this neighbor'] : []),
    ...(unchanged?.asPath ? ['  AS_PATH is propagated unchanged to this neighbor'] : []),
    ...(unchanged?.med ? ['  MED is propagated unchanged to this neighbor'] : []),
    ...(rules?.policyMissing?.import ? ['  Inbound updates discarded due to missing policy'] : []),
    ...(rules?.policyMissing?.export ? ['  Outbound updates discarded due to missing policy'] : []),
  ]
}

type Rules = NonNullable<NeighborFamilyView['rules']>

/** 'all', 'extended', 'standard', 'both', 'large', 'none', or kinds joined by ' and '. */
function communityText(kinds: Rules['sendCommunity']): string | undefined {
  if (kinds === undefined) return undefined
  const { standard, extended, large } = kinds
  if (standard && extended && !large) return 'both'
  const sent = [
    ...(standard ? ['standard'] : []),
    ...(extended ? ['extended'] : []),
    ...(large ? ['large'] : []),
  ]
  return sent.length === 0 ? 'none' : sent.join(' and ')
}

/** The same in the keys of FRR's JSON. */
export function rulesJson({ rules }: NeighborFamilyView): object {
  if (rules === undefined) return {}
  const { allowAsIn, removePrivateAs: removed, asOverride, sendCommunity, unchanged, policyMissing } = rules
  const privateKey = `privateAsNums${removed?.all ? 'All' : ''}${removed?.replace ? 'Replaced' : 'Removed'}InUpdatesToNbr`
  return {
    ...(sendCommunity === undefined ? {} : { commAttriSentToNbr: communityText(sendCommunity) }),
    ...(allowAsIn === undefined
      ? {}
      : allowAsIn === 'origin'
        ? { allowAsInOrigin: true }
        : { allowAsInCount: allowAsIn }),
    ...(removed === undefined ? {} : { [privateKey]: true }),
    ...(asOverride ? { overrideASNsInOutboundUpdates: 'ifAspathEqualRemoteAs' } : {}),
    ...(unchanged?.asPath ? { unchangedAsPathPropogatedToNbr: true } : {}),
    ...(unchanged?.med ? { unchangedMedPropogatedToNbr: true } : {}),
    ...(policyMissing?.import
      ? { inboundEbgpRequiresPolicy: 'Inbound updates discarded due to missing policy' }
      : {}),
    ...(policyMissing?.export
      ? { outboundEbgpRequiresPolicy: 'Outbound updates discarded due to missing policy' }
      : {}),
  }
}
