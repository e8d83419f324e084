/** Configuration: YAML or a switch's text in, one resolved Config out, and the ways back to text. */

export type { Diagnostic, Severity } from './diagnostic.js'
export type { Environment } from './environment.js'
export { formatDiagnostic, formatDiagnostics } from './format.js'
export { type Loaded, loadConfig, loadText } from './load.js'
export type * from './model.js'
export { keepAutomatic } from './resolve.js'
export { withoutSecrets } from './secrets.js'
export { formatEndpoint, readEndpoint } from './values.js'
