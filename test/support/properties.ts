/**
 * fast-check as the tests use it: the same inputs at every run, so that a failure is the change's doing and comes
 * again. `ECMPD_SEED=random` tries others (a failure names its seed), `ECMPD_SEED=N` those of a failure.
 */
import fc from 'fast-check'

const { ECMPD_SEED: wanted = '1' } = process.env
if (wanted !== 'random') fc.configureGlobal({ seed: Number(wanted) })

export default fc
