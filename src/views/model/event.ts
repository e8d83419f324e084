/** What happened, for those who show or keep it: the speaker's own events are read models already. */

export type { SpeakerEvent } from '../../speaker/model/event.js'
