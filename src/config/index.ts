/** Configuration: YAML or a switch's text in, one resolved Config out, and the ways back to text. */

export { type Loaded, loadConfig, loadText } from './load.js'
export type { Environment } from './model/environment.js'
export type * from './model/model.js'
export { keepAutomatic } from './resolve/resolve.js'
export type { Diagnostic, Severity } from './text/diagnostic.js'
export { formatDiagnostic, formatDiagnostics } from './text/format.js'
export { withoutSecrets } from './text/secrets.js'
export { formatEndpoint, readEndpoint } from './text/values.js'
