import { connect } from 'node:net'
import { hostPaths } from '../main/platform/paths/host-paths.ts'
import { controlPath } from '../main/transport/control-path.ts'

// Started under Node 24, which reads TypeScript, so that the paths are told in one place and no build is needed. Ends with 0 when a host listens.
const socket = connect(controlPath(hostPaths({ environment: process.env, resources: '' }).state))
socket.on('connect', () => process.exit(0))
socket.on('error', () => process.exit(1))
