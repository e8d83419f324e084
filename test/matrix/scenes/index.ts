import { addPathScenes } from './add-path.js'
import { exchangeScenes } from './exchange.js'
import { md5Scenes } from './md5.js'
import { nextHopScenes } from './next-hop.js'
import { ownRestartScenes } from './own-restart.js'
import { ownRouteScenes } from './own-routes.js'
import { reflectionScenes } from './reflection.js'
import { restartScenes } from './restart.js'
import type { Scene } from './scene.js'
import { sessionScenes } from './sessions.js'

/** All scenes; the longest first, so that they do not come last. */
export const SCENES: readonly Scene[] = [
  ...restartScenes,
  ...ownRestartScenes,
  ...exchangeScenes,
  ...reflectionScenes,
  ...addPathScenes,
  ...md5Scenes,
  ...sessionScenes,
  ...nextHopScenes,
  ...ownRouteScenes,
]
