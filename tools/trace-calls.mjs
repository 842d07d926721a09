import { spawnSync } from 'node:child_process'

/** The words before a command that write every call which could send something to `file`, and leave the command its process id and its parent. */
export function tracing(file) {
  return ['strace', '-D', '-f', '-qq', '--seccomp-bpf', '-e', 'trace=connect,sendto,sendmsg,sendmmsg', '-o', file]
}

/** Why nothing can be traced on this machine, or null. It is installed where that may be done without asking. */
export function noTracingBecause() {
  const has = () => spawnSync('strace', ['-V'], { stdio: 'ignore' }).status === 0
  if (has()) return null
  if (process.platform !== 'linux') return 'strace is for Linux'
  if (process.getuid?.() === 0 && spawnSync('apt-get', ['install', '-yq', 'strace'], { stdio: 'ignore' }).status === 0 && has()) return null
  return 'strace is not installed'
}

/** Lines of a trace that send something to an address which is neither this machine nor a socket in the file system. */
export function outsideCalls(trace) {
  return trace.split('\n').filter(line => /sa_family=AF_INET6?\b/.test(line) && !/inet_addr\("127\.|inet_pton\(AF_INET6, "(::1|::ffff:127\.)/.test(line))
}
