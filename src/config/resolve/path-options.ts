/** What is done to paths and communities in a neighbor's address family. */

import type { CommunityKinds } from '../../rib/export/export-changes.js'
import type { FamilyOptions } from '../../speaker/model/options.js'
import type { FamilySettings } from '../document/schema.js'
import type { Path } from '../text/diagnostic.js'
import type { Resolution } from './resolution.js'

type PathOptions = Pick<
  FamilyOptions,
  'allowAsIn' | 'removePrivateAs' | 'asOverride' | 'senderLoopDetection' | 'sendCommunity' | 'unchanged'
>

/** The most specific value of a key of a family's settings. */
export type FamilySetting = <K extends keyof FamilySettings>(
  key: K,
) => { readonly value: NonNullable<FamilySettings[K]>; readonly path: Path } | undefined

/** What is done to paths and communities; what is as always is left out. */
export function pathOptionsOf(setting: FamilySetting, internal: boolean, context: Resolution): PathOptions {
  const allowed = setting('allowAsIn')?.value
  const removal = setting('removePrivateAs')
  const override = setting('asOverride')
  const detection = setting('senderLoopDetection')
  const unchanged = setting('unchanged')
  const kinds = communityKinds(setting('sendCommunity')?.value)
  if (internal) {
    for (const [found, name] of [
      [removal, 'removePrivateAs'],
      [override, 'asOverride'],
      [unchanged, 'unchanged'],
    ] as const) {
      const idle = found === undefined || found.value === false || (found.value as unknown[]).length === 0
      if (!idle) context.warn(found.path, `\`${name}\` has no effect on an iBGP neighbor`)
    }
  }
  const asPath = unchanged?.value.includes('as-path') ?? false
  const med = unchanged?.value.includes('med') ?? false
  const removed = removal?.value
  return {
    ...(allowed === undefined || allowed === false ? {} : { allowAsIn: allowed }),
    ...(removed === undefined || removed === false
      ? {}
      : {
          removePrivateAs:
            removed === true
              ? { all: false, replace: false }
              : { all: removed.all ?? false, replace: removed.replace ?? false },
        }),
    ...(override?.value === true ? { asOverride: true as const } : {}),
    ...(detection?.value === false ? { senderLoopDetection: false as const } : {}),
    ...(kinds === undefined ? {} : { sendCommunity: kinds }),
    ...(asPath || med ? { unchanged: { asPath, med } } : {}),
  }
}

/** @returns undefined when all are sent */
function communityKinds(value: FamilySettings['sendCommunity']): CommunityKinds | undefined {
  if (value === undefined || value === true) return undefined
  const sent = value === false ? [] : value
  const [standard, extended, large] = (['standard', 'extended', 'large'] as const).map((kind) =>
    sent.includes(kind),
  )
  return standard && extended && large ? undefined : { standard, extended, large }
}

/** The same as the document says it. */
export function describePath(options: FamilyOptions): Partial<FamilySettings> {
  const { allowAsIn, removePrivateAs, asOverride, senderLoopDetection, sendCommunity, unchanged } = options
  return {
    ...(allowAsIn === undefined ? {} : { allowAsIn }),
    ...(removePrivateAs === undefined ? {} : { removePrivateAs: { ...removePrivateAs } }),
    ...(asOverride === undefined ? {} : { asOverride }),
    ...(senderLoopDetection === undefined ? {} : { senderLoopDetection }),
    ...(sendCommunity === undefined ? {} : { sendCommunity: kindsOf(sendCommunity) }),
    ...(unchanged === undefined
      ? {}
      : {
          unchanged: [
            ...(unchanged.asPath ? (['as-path'] as const) : []),
            ...(unchanged.med ? (['med'] as const) : []),
          ],
        }),
  }
}

function kindsOf(kinds: CommunityKinds): FamilySettings['sendCommunity'] {
  const sent = (['standard', 'extended', 'large'] as const).filter((kind) => kinds[kind])
  return sent.length === 0 ? false : sent
}
