/** An error that the API answers with: `{error: {code, message, hint}}`. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly hint: string
  /** Further lines, for a configuration with several faults. */
  readonly details?: readonly string[]

  constructor(status: number, code: string, message: string, hint: string, details?: readonly string[]) {
    super(message)
    this.status = status
    this.code = code
    this.hint = hint
    this.details = details
  }
}

/** Body of an error answer. */
export interface ErrorBody {
  readonly error: {
    readonly code: string
    readonly message: string
    readonly hint: string
    readonly details?: readonly string[]
  }
}

/** The body that says `error`. */
export function errorBody(error: ApiError): ErrorBody {
  const { code, message, hint, details } = error
  return { error: { code, message, hint, ...(details === undefined ? {} : { details }) } }
}
