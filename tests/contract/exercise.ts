import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Client } from '../../main/shared/contract/index.ts'
import { fails, until } from './exercise-calls.ts'
import { exerciseDownloads, exerciseHardware, exerciseLibrary, exerciseModel, exerciseServer } from './exercise-models.ts'

/** Uses every procedure once over one transport, in a fresh folder, and leaves the host as it was. */
export async function exercise(client: Client, folder: string): Promise<void> {
  const info = await client.app.info()
  expect(info).toMatchObject({ hostKind: 'node', isSafeMode: false })
  await client.app.pageState({ state: 'opening' })
  await client.app.pageState({ state: 'ready' })
  await client.app.leaveSafeMode()

  const workspace = await client.workspaces.open({ path: folder })
  const workspaceId = workspace.id
  expect(await client.workspaces.get({ workspaceId })).toEqual(workspace)
  await fails(client.workspaces.get({ workspaceId: 'nobody' }), 'WORKSPACE_NOT_FOUND')
  await fails(client.workspaces.open({ path: join(folder, 'missing') }), 'FOLDER_NOT_FOUND')
  await fails(client.workspaces.open({ path: 5 as never }), 'BAD_REQUEST')
  expect((await client.workspaces.recent()).some(recent => recent.path === folder && recent.openedAt instanceof Date)).toBe(true)
  expect((await until(await client.workspaces.watch(), event => event.type === 'snapshot')).type).toBe('snapshot')
  expect((await client.workspaces.browse({ path: folder })).path).toBe(folder)

  await exerciseTrust(client, workspaceId)
  await exerciseFiles(client, workspaceId, folder)
  await exerciseLabels(client, workspaceId, folder)
  await exerciseKept(client, workspaceId)
  await exerciseTerminals(client, workspaceId)
  await exerciseVault(client)
  await exerciseModel(client, workspaceId)
  await exerciseHardware(client)
  await exerciseLibrary(client, folder)
  await exerciseDownloads(client)
  await exerciseStorage(client, folder)

  await exerciseServer(client)
  await exerciseSecrets(client)
  await exerciseSelfTest(client)
  expect((await until(await client.logs.watch(), event => event.type === 'snapshot')).lines).toBeDefined()
  expect((await until(await client.privacy.watch(), () => true)).processes.length).toBeGreaterThan(0)
  expect((await until(await client.privacy.summary(), () => true)).leftCount).toBe(0)
  await exerciseEgress(client, folder)
  await exerciseAudit(client, folder)
  await client.workspaces.forget({ path: folder })
  expect((await client.workspaces.recent()).some(recent => recent.path === folder)).toBe(false)
}

async function exerciseSelfTest({ doctor, selfTest }: Client): Promise<void> {
  expect((await doctor.check()).map(({ name }) => name)).toContain('Model process')
  const end = await until(await selfTest.run({ isPage: false }), event => event.type === 'end')
  if (end.type !== 'end') throw new Error('It did not end')
  const { result, summary } = end
  expect(result.rows.filter(row => row.process === 'terminal').every(row => row.found === 'open')).toBe(true)
  expect((await until(await selfTest.watch(), state => !state.isRunning)).summary).toEqual(summary)
  expect(await until(await selfTest.attend(), () => true)).toEqual({ type: 'attending' })
  await selfTest.answer({ runId: 'nobody', findings: [] })
  await fails(selfTest.save({ path: 'relative.json' }), 'FILE_NOT_FOUND')
  expect((await selfTest.report()).fingerprint).toMatch(/^([0-9a-f]{4} ){7}[0-9a-f]{4}$/)
}

async function exerciseStorage({ storage }: Client, folder: string): Promise<void> {
  const backup = await storage.backUp()
  expect(backup).toMatchObject({ reason: 'asked', at: expect.any(Date) })
  expect((await until(await storage.watch(), event => event.work === null)).backups).toContainEqual(backup)
  expect(await storage.check()).toEqual({ problems: [] })
  const sealed = { path: join(folder, 'all.cortex'), passphrase: 'a long passphrase' }
  expect((await storage.exportTo(sealed)).sizeBytes).toBeGreaterThan(10_000)
  await fails(storage.exportTo(sealed), 'FILE_EXISTS')
  await fails(storage.exportTo({ ...sealed, passphrase: 'short' }), 'BAD_REQUEST')
  await fails(storage.importFrom({ ...sealed, passphrase: 'another' }), 'EXPORT_UNREADABLE')
  expect(await storage.importFrom(sealed)).toMatchObject({ conversations: 0, documents: 0 })
  expect((await storage.startAnew()).setAside).toMatch(/^cortex\.db\.damaged-/)
  expect((await storage.restore()).backupAt).toBeInstanceOf(Date)
  expect((await until(await storage.watch(), () => true)).restored).not.toBeNull()
  await storage.dismissRestored()
  expect((await until(await storage.watch(), () => true)).restored).toBeNull()
  await storage.rekey()
  expect((await until(await storage.watch(), () => true)).backups).toMatchObject([{ reason: 'rekey' }])
  await fails(storage.erase({ confirmation: 'yes' as never }), 'BAD_REQUEST')
}

async function exerciseLabels({ labels }: Client, workspaceId: string, folder: string): Promise<void> {
  expect((await labels.labelOf({ workspaceId, paths: ['.env', 'src/new.ts'] })).map(({ path, label }) => `${path} ${label}`)).toEqual(['.env secret', 'src/new.ts internal'])
  await fails(labels.labelOf({ workspaceId: 'nobody', paths: [] }), 'WORKSPACE_NOT_FOUND')
  expect(await labels.explain({ path: join(folder, 'key.pem') })).toMatchObject({ label: 'secret', rule: '*.pem', source: 'built-in' })
  expect((await until(await labels.watch({ workspaceId }), event => event.counts !== null)).problems).toEqual([])
}

async function exerciseTrust({ trust }: Client, workspaceId: string): Promise<void> {
  const isTrusted = async (): Promise<boolean> => (await until(await trust.watch({ workspaceId }), () => true)).isTrusted
  expect(await isTrusted()).toBe(false)
  expect(await trust.review({ workspaceId })).toBeInstanceOf(Array)
  await trust.grant({ workspaceId, scope: 'folder' })
  expect(await isTrusted()).toBe(true)
  const [listed] = await trust.list()
  await trust.revokePath({ path: listed?.path ?? '' })
  expect(await isTrusted()).toBe(false)
  await trust.grant({ workspaceId })
  await trust.revoke({ workspaceId })
  expect(await isTrusted()).toBe(false)
  await fails(trust.grant({ workspaceId: 'nobody', scope: 'folder' }), 'WORKSPACE_NOT_FOUND')
}

async function exerciseAudit({ audit }: Client, folder: string): Promise<void> {
  await audit.recordInsertion({ source: 'chat', path: 'src/audited.ts', lines: 3, characters: 40 })
  const { entries } = await audit.query({ kind: 'file.write', limit: 5 })
  expect(entries[0]).toMatchObject({ kind: 'file.write', subject: 'src/audited.ts', at: expect.any(Date) })
  expect((await until(await audit.watch(), state => state.entries > 0)).lastSequence).toBeGreaterThanOrEqual(entries[0]!.sequence)
  const verified = await until(await audit.verify(), event => event.type === 'report')
  expect(verified).toMatchObject({ report: { entries: expect.any(Number), findings: expect.any(Array) } })
  expect((await until(await audit.export({ format: 'jsonl' }), ({ text }) => text.includes('\n'))).text).toContain('"')
  const file = { format: 'cef' as const, path: join(folder, 'audit.cef') }
  expect((await audit.exportTo(file)).sizeBytes).toBeGreaterThan(100)
  await fails(audit.exportTo(file), 'FILE_EXISTS')
  await fails(audit.query({ limit: 0 }), 'BAD_REQUEST')
}

async function exerciseEgress({ egress, ledger }: Client, folder: string): Promise<void> {
  expect((await until(await egress.watch(), () => true)).mode).toBe('offline')
  await egress.setMode({ mode: 'list' })
  const grant = await egress.grant({ host: 'Example.org', feature: 'models', minutes: 5 })
  expect(grant).toMatchObject({ host: 'example.org', port: null, expiresAt: expect.any(Date) })
  expect(await egress.check({ url: 'https://example.org/x', feature: 'models' })).toMatchObject({ decision: 'allowed', port: 443 })
  await egress.revoke({ id: grant.id })
  await fails(egress.revoke({ id: grant.id }), 'EGRESS_GRANT_NOT_FOUND')
  await fails(egress.grant({ host: 'localhost' }), 'EGRESS_GRANT_REFUSED')
  await fails(egress.answer({ id: 'nobody', answer: 'once' }), 'EGRESS_QUESTION_NOT_FOUND')
  await egress.setMode({ mode: 'offline' })
  await fails(egress.try({ url: 'https://example.org/' }), 'EGRESS_REFUSED')
  await fails(egress.check({ url: 'nothing' }), 'EGRESS_ADDRESS_INVALID')
  await egress.report({ directive: 'img-src', host: 'img.example', port: 443 })
  const { entries } = await until(await ledger.watch({ limit: 10 }), event => event.type === 'snapshot')
  expect(entries[0]).toMatchObject({ who: 'page', target: 'img.example', decision: 'refused' })
  expect((await ledger.list({ who: 'try', limit: 1 })).entries[0]).toMatchObject({ target: 'example.org', rule: 'offline' })
  expect(await until(await ledger.export({ format: 'csv', who: 'page' }), text => text.includes('img.example'))).toContain('img.example')
  expect((await ledger.exportTo({ format: 'jsonl', path: join(folder, 'ledger.jsonl') })).sizeBytes).toBeGreaterThan(100)
  await fails(ledger.exportTo({ format: 'jsonl', path: join(folder, 'ledger.jsonl') }), 'FILE_EXISTS')
}

/** The passphrase that `exercise` leaves the vault with: the key file does not come back. */
export const exercisePassphrase = 'words for the exercise'

async function exerciseVault({ vault }: Client): Promise<void> {
  const state = async () => await until(await vault.watch(), () => true)
  const isFirst = (await state()).slots.some(slot => slot.kind === 'file')
  expect(await state()).toMatchObject({ status: 'open', isProtected: !isFirst, keychain: null })
  if (isFirst) await fails(vault.lock(), 'VAULT_NOTHING_TO_UNLOCK')
  await fails(vault.useKeychain(), 'KEYCHAIN_UNAVAILABLE')
  const current = isFirst ? null : exercisePassphrase
  await fails(vault.setPassphrase({ passphrase: 'short', current }), 'VAULT_PASSPHRASE_WEAK')
  const { recoveryCode } = await vault.makeRecoveryCode()
  await vault.lock()
  await fails(vault.recover({ recoveryCode: 'mistyped' }), 'VAULT_CODE_MISTYPED')
  expect((await vault.recover({ recoveryCode: recoveryCode.toLowerCase() })).recoveryCode).not.toBe(recoveryCode)
  await vault.setPassphrase({ passphrase: exercisePassphrase, current })
  await vault.lock()
  await fails(vault.tryKeychain(), 'STORAGE_LOCKED')
  await vault.unlock({ passphrase: exercisePassphrase })
  expect((await vault.rotate({ passphrase: exercisePassphrase })).recoveryCode).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){8}[0-9A-HJKMNP-TV-Z]{4}$/)
  await vault.removeSlot({ kind: 'recovery' })
  await fails(vault.removeSlot({ kind: 'passphrase' }), 'VAULT_LAST_SLOT')
}

async function exerciseFiles({ files }: Client, workspaceId: string, folder: string): Promise<void> {
  const created = await files.create({ workspaceId, path: 'src/a.ts', kind: 'file' })
  expect(created.modifiedAt).toBeInstanceOf(Date)
  await fails(files.create({ workspaceId, path: 'src/a.ts', kind: 'file' }), 'FILE_EXISTS')
  const text = 'const café = "日本語 🚀"\n'
  const written = await files.write({ workspaceId, path: 'src/a.ts', text, expectedVersion: null })
  expect(await files.read({ workspaceId, path: 'src/a.ts' })).toMatchObject({ text, version: written.version, encoding: 'utf-8' })
  await fails(files.write({ workspaceId, path: 'src/a.ts', text: '', expectedVersion: 'older' }), 'FILE_CHANGED_ON_DISK')
  expect((await files.list({ workspaceId, path: 'src' })).entries.map(entry => entry.name)).toEqual(['a.ts'])
  expect(await files.stat({ workspaceId, path: 'nothing' })).toBeNull()
  expect((await files.move({ workspaceId, from: 'src/a.ts', to: 'src/b.ts' })).path).toBe('src/b.ts')
  // A walk over the folder that takes long is answered from what it has seen.
  await expect.poll(async () => (await files.find({ workspaceId, query: 'b.ts' })).files[0]?.path, { timeout: 20_000 }).toBe('src/b.ts')
  await fails(files.read({ workspaceId, path: '../outside' }), 'PATH_OUTSIDE_WORKSPACE')
  const changes = await files.watch({ workspaceId })
  await until(changes, event => event.type === 'snapshot')
  const again = await files.watch({ workspaceId })
  const change = until(again, event => event.type === 'changed')
  setTimeout(() => writeFileSync(join(folder, 'outside.txt'), 'x'), 300)
  expect((await change).type).toBe('changed')
  await files.trash({ workspaceId, path: 'src/b.ts' })
  expect(await files.stat({ workspaceId, path: 'src/b.ts' })).toBeNull()
}

async function exerciseKept({ buffers, layout, settings }: Client, workspaceId: string): Promise<void> {
  await buffers.keep({ workspaceId, path: 'untitled:1', text: 'not saved', baseVersion: null })
  expect((await buffers.list({ workspaceId })).map(buffer => buffer.text)).toEqual(['not saved'])
  await buffers.discard({ workspaceId, path: 'untitled:1' })
  expect(await buffers.list({ workspaceId })).toEqual([])

  await layout.keep({ workspaceId, layout: { tabs: ['a', null, 1.5], deep: { yes: true } } })
  expect(await layout.get({ workspaceId })).toEqual({ tabs: ['a', null, 1.5], deep: { yes: true } })

  await settings.set({ scope: 'workspace', workspaceId, key: 'editor.tabSize', value: 4 })
  const snapshot = await until(await settings.watch({ workspaceId }), event => event.values['editor.tabSize'] === 4)
  expect(snapshot.sources['editor.tabSize']).toBe('workspace')
  await fails(settings.set({ scope: 'user', workspaceId: null, key: 'no.such', value: 1 }), 'SETTING_UNKNOWN')
  expect((await settings.readFile({ scope: 'workspace', workspaceId })).text).toContain('tabSize')
  await settings.writeFile({ scope: 'workspace', workspaceId, text: '{}\n' })
  await fails(settings.writeFile({ scope: 'workspace', workspaceId, text: '{' }), 'SETTINGS_INVALID')
}

async function exerciseSecrets({ secrets, redaction }: Client): Promise<void> {
  const value = 'a-value-that-only-goes-in'
  await secrets.add({ name: 'exercise', description: 'for a test', value, expiresAt: null })
  await fails(secrets.add({ name: 'exercise', value }), 'SECRET_EXISTS')
  await fails(secrets.add({ name: 'large', value: 'x'.repeat(1024 * 1024) }), 'SECRET_TOO_LARGE')
  await secrets.rotate({ name: 'exercise', value: `${value}-2` })
  await secrets.setExpiry({ name: 'exercise', expiresAt: new Date('2099-01-01') })
  const { secrets: kept } = await until(await secrets.watch(), event => event.secrets.length > 0)
  expect(kept).toMatchObject([{ name: 'exercise', state: 'valid', expiresAt: new Date('2099-01-01') }])
  expect((await redaction.test({ text: `x ${value}-2 y` })).masked).toBe('x [masked: own-secret 1] y')
  await secrets.delete({ name: 'exercise' })
  await fails(secrets.rotate({ name: 'exercise', value }), 'SECRET_NOT_FOUND')
  await expect.poll(async () => (await secrets.history({ name: 'exercise' })).slice(0, 4).map(entry => entry.action)).toEqual(['deleted', 'expiry set', 'rotated', 'added'])

  await fails(redaction.addFalseAlarm({ kind: 'own-secret', text: 'x' }), 'REDACTION_OWN_SECRET')
  await redaction.addFalseAlarm({ kind: 'email', text: 'ann@corp.io' })
  expect((await redaction.test({ text: 'ann@corp.io' })).count).toBe(0)
  for (const { id } of await redaction.listFalseAlarms()) await redaction.removeFalseAlarm({ id })
  expect((await redaction.test({ text: 'ann@corp.io' })).count).toBe(1)
}

async function exerciseTerminals({ terminals }: Client, workspaceId: string): Promise<void> {
  const terminal = await terminals.create({ workspaceId, columns: 80, rows: 24 })
  const one = { workspaceId, terminalId: terminal.id }
  const output = await terminals.attach(one)
  const first = await output.next()
  if (first.done || first.value.type !== 'snapshot') throw new Error('A terminal begins with a snapshot')
  const { attachmentId, position } = first.value
  await terminals.acknowledge({ ...one, attachmentId, position })
  await terminals.resize({ ...one, columns: 100, rows: 30 })
  await terminals.write({ ...one, data: 'echo $((6 * 7))\r' })
  let text = ''
  for await (const event of output) {
    if (event.type === 'data') text += event.data
    // A shell that was not ready yet writes its prompt before the answer, on the same line.
    if (/\b42\s*$/m.test(text)) break
  }
  expect((await terminals.rename({ ...one, title: 'Answers' })).title).toBe('Answers')
  await until(await terminals.watch({ workspaceId }), event => event.terminals.some(other => other.title === 'Answers'))
  await terminals.close(one)
  await fails(terminals.write({ workspaceId, terminalId: 'nobody', data: '' }), 'TERMINAL_NOT_FOUND')
}
