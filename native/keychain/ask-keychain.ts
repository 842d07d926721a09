import { AsyncEntry } from '@napi-rs/keyring'
import { backendName } from './backend-name.ts'
import type { KeychainReply, KeychainRequest } from './contract.ts'
import { failureReason } from './failure-reason.ts'

// Without this the library falls back to the kernel's keyring, which forgets at a reboot.
const pinned = { linux: { store: 'secret-service' } } as const

/** Asks the keychain once. The words of an error stay here. */
export async function askKeychain(request: KeychainRequest): Promise<KeychainReply> {
  try {
    return { status: 'done', value: await answer(request) }
  } catch (error) {
    return { status: 'failed', reason: failureReason(error) }
  }
}

async function answer(request: KeychainRequest): Promise<Extract<KeychainReply, { status: 'done' }>['value']> {
  switch (request.call) {
    case 'name':
      await new AsyncEntry('Cortex', 'probe', pinned).getPassword()
      return await backendName()
    case 'get':
      return await new AsyncEntry(request.service, request.account, pinned).getPassword()
    case 'set':
      await new AsyncEntry(request.service, request.account, pinned).setPassword(request.password)
      return null
    case 'delete':
      return await new AsyncEntry(request.service, request.account, pinned).deletePassword()
  }
}
