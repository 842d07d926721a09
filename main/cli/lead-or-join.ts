import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '#shared/errors.ts'
import { takeProfileLock, type ProfileLock } from '../platform/profile/profile-lock.ts'
import { controlPath } from '../transport/control-path.ts'

const patienceMilliseconds = 30_000
const retryMilliseconds = 100

/**
 * The right to be the host of a profile, or what `join` got from the one that runs; null from `join` means that none listens. A profile may be
 * held without anybody listening: by a host that starts or ends, or by a command that runs the model itself. Then this waits, up to 30 s.
 */
export async function leadOrJoin<T>(stateFolder: string, join: (control: string) => Promise<T | null>): Promise<{ lock: ProfileLock; running: null } | { lock: null; running: T }> {
  const control = controlPath(stateFolder)
  const until = performance.now() + patienceMilliseconds
  for (;;) {
    const lock = takeProfileLock(stateFolder)
    if (lock) return { lock, running: null }
    const running = await join(control)
    if (running !== null) return { lock, running }
    if (performance.now() > until) throw new AppError('HOST_UNREACHABLE', { reason: 'another process holds this profile and does not answer' })
    await sleep(retryMilliseconds)
  }
}
