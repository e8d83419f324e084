/**
 * Numbers of the BGP registries (IANA "Border Gateway Protocol (BGP) Parameters") and their names. Each name
 * stands once, as a key; texts for people are made from the keys.
 */

/** Message types (RFC 4271 §4.1, RFC 2918 §3). */
export const MessageType = {
  Open: 1,
  Update: 2,
  Notification: 3,
  Keepalive: 4,
  RouteRefresh: 5,
} as const

/** NOTIFICATION error codes (RFC 4271 §4.5, RFC 7313 §5, RFC 9687 §4.3). */
export const ErrorCode = {
  MessageHeaderError: 1,
  OPENMessageError: 2,
  UPDATEMessageError: 3,
  HoldTimerExpired: 4,
  FiniteStateMachineError: 5,
  Cease: 6,
  'ROUTE-REFRESHMessageError': 7,
  SendHoldTimerExpired: 8,
} as const

/** Subcodes of Message Header Error (RFC 4271 §6.1). */
export const HeaderError = {
  ConnectionNotSynchronized: 1,
  BadMessageLength: 2,
  BadMessageType: 3,
} as const

/** Subcodes of OPEN Message Error (RFC 4271 §6.2, RFC 5492 §5, RFC 9234 §4.2). */
export const OpenError = {
  Unspecific: 0,
  UnsupportedVersionNumber: 1,
  BadPeerAS: 2,
  BadBGPIdentifier: 3,
  UnsupportedOptionalParameter: 4,
  AuthenticationFailure: 5,
  UnacceptableHoldTime: 6,
  UnsupportedCapability: 7,
  RoleMismatch: 11,
} as const

/** Subcodes of UPDATE Message Error (RFC 4271 §6.3). */
export const UpdateError = {
  MalformedAttributeList: 1,
  'UnrecognizedWell-knownAttribute': 2,
  'MissingWell-knownAttribute': 3,
  AttributeFlagsError: 4,
  AttributeLengthError: 5,
  InvalidORIGINAttribute: 6,
  ASRoutingLoop: 7,
  InvalidNEXT_HOPAttribute: 8,
  OptionalAttributeError: 9,
  InvalidNetworkField: 10,
  MalformedAS_PATH: 11,
} as const

/** Subcodes of Finite State Machine Error (RFC 6608 §3). */
const FsmError = {
  Unspecific: 0,
  UnexpectedMessageInOpenSentState: 1,
  UnexpectedMessageInOpenConfirmState: 2,
  UnexpectedMessageInEstablishedState: 3,
} as const

/** Subcodes of Cease (RFC 4486 §3, RFC 8538 §3, RFC 9384 §3). */
export const CeaseError = {
  MaximumNumberOfPrefixesReached: 1,
  AdministrativeShutdown: 2,
  'PeerDe-configured': 3,
  AdministrativeReset: 4,
  ConnectionRejected: 5,
  OtherConfigurationChange: 6,
  ConnectionCollisionResolution: 7,
  OutOfResources: 8,
  HardReset: 9,
  BFDDown: 10,
} as const

/** Subcodes of ROUTE-REFRESH Message Error (RFC 7313 §5). */
export const RefreshError = { InvalidMessageLength: 1 } as const

/** Path attribute type codes that ecmpd interprets. */
export const AttributeCode = {
  ORIGIN: 1,
  AS_PATH: 2,
  NEXT_HOP: 3,
  MULTI_EXIT_DISC: 4,
  LOCAL_PREF: 5,
  ATOMIC_AGGREGATE: 6,
  AGGREGATOR: 7,
  COMMUNITIES: 8,
  ORIGINATOR_ID: 9,
  CLUSTER_LIST: 10,
  MP_REACH_NLRI: 14,
  MP_UNREACH_NLRI: 15,
  EXTENDED_COMMUNITIES: 16,
  AS4_PATH: 17,
  AS4_AGGREGATOR: 18,
  IPV6_EXTENDED_COMMUNITIES: 25,
  AIGP: 26,
  LARGE_COMMUNITIES: 32,
  ONLY_TO_CUSTOMER: 35,
} as const

/** Capability codes that ecmpd interprets. */
export const CapabilityCode = {
  Multiprotocol: 1,
  RouteRefresh: 2,
  ExtendedNextHop: 5,
  ExtendedMessage: 6,
  Role: 9,
  GracefulRestart: 64,
  FourOctetAS: 65,
  AddPath: 69,
  EnhancedRouteRefresh: 70,
  LongLivedGracefulRestart: 71,
  FQDN: 73,
  SoftwareVersion: 75,
} as const

/** AS_TRANS stands for a 4-octet AS number where only two octets fit (RFC 6793 §9). */
export const AS_TRANS = 23456

function names(codes: Readonly<Record<string, number>>): Map<number, string> {
  return new Map(Object.entries(codes).map(([key, code]) => [code, words(key)]))
}

function words(key: string): string {
  return key
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .replace(/ (Of|In) /g, (word) => word.toLowerCase())
    .replace(/Open (Sent|Confirm)/, 'Open$1')
}

const messageNames = names(MessageType)
const errorNames = names(ErrorCode)
const subcodeNames = new Map([
  [ErrorCode.MessageHeaderError as number, names(HeaderError)],
  [ErrorCode.OPENMessageError, names(OpenError)],
  [ErrorCode.UPDATEMessageError, names(UpdateError)],
  [ErrorCode.FiniteStateMachineError, names(FsmError)],
  [ErrorCode.Cease, names(CeaseError)],
  [ErrorCode['ROUTE-REFRESHMessageError'], names(RefreshError)],
])

/** 'OPEN', 'ROUTE-REFRESH', or 'type 9' for an unknown one. */
export function messageName(type: number): string {
  return messageNames.get(type)?.replace(' ', '-').toUpperCase() ?? `type ${type}`
}

/** 'Cease/Administrative Shutdown'; 'Hold Timer Expired'; 'error 99/3' for an unknown code. */
export function errorName(code: number, subcode: number): string {
  const error = errorNames.get(code)
  if (error === undefined) return `error ${code}/${subcode}`
  const detail = subcodeNames.get(code)?.get(subcode)
  if (detail !== undefined) return `${error}/${detail}`
  return subcode === 0 ? error : `${error}/subcode ${subcode}`
}
