import { spawnSync } from 'node:child_process'

const loopbackUp = 'ip link set lo up && exec "$@"'
const prefix = ['unshare', '-rn', 'sh', '-c', loopbackUp, 'sh']

/** The words before a command that take every network but loopback away from it; or why this machine cannot. */
export function withoutNetwork() {
  if (process.platform !== 'linux') return { reason: 'only Linux can take the network away from one program' }
  const probe = spawnSync(prefix[0], [...prefix.slice(1), 'true'], { encoding: 'utf8' })
  if (probe.status === 0) return { prefix }
  return { reason: `unshare and ip are needed: ${(probe.error?.message ?? probe.stderr).trim().split('\n')[0]}` }
}
