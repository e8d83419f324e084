import { RUIJIE } from '../../src/demo/ruijie.js'

export { RUIJIE }

/** That configuration with one more neighbor. */
export function withNeighbor(address: string, as: number, description: string): string {
  return RUIJIE.replace(
    '  # CRITICAL',
    `  neighbor ${address} remote-as ${as}\n  neighbor ${address} description ${description}\n\n  # CRITICAL`,
  ).replace('    exit-address-family', `    neighbor ${address} activate\n    exit-address-family`)
}
