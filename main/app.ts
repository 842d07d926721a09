import { readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { implement } from '@orpc/server'
import { contract } from '#shared/contract/index.ts'
import { mapErrors } from '#shared/map-errors.ts'
import { appRouter } from './features/app/app-router.ts'
import { AppService } from './features/app/app-service.ts'
import { auditRouter } from './features/audit/audit-router.ts'
import { AuditService } from './features/audit/audit-service.ts'
import { buffersRouter } from './features/buffers/buffers-router.ts'
import { BuffersService } from './features/buffers/buffers-service.ts'
import { chatRouter } from './features/chat/chat-router.ts'
import { ChatService } from './features/chat/chat-service.ts'
import { ConversationStore } from './features/chat/conversation-store.ts'
import { completionRouter } from './features/completion/completion-router.ts'
import { CompletionService } from './features/completion/completion-service.ts'
import { downloadsRouter } from './features/downloads/downloads-router.ts'
import { DownloadsService } from './features/downloads/downloads-service.ts'
import { egressRouter } from './features/egress/egress-router.ts'
import { EgressService } from './features/egress/egress-service.ts'
import { doctorRouter } from './features/doctor/doctor-router.ts'
import { DoctorService } from './features/doctor/doctor-service.ts'
import { FileIndexes } from './features/files/file-indexes.ts'
import { filesRouter } from './features/files/files-router.ts'
import { FilesService } from './features/files/files-service.ts'
import { WorkspaceChanges } from './features/files/workspace-changes.ts'
import { hardwareRouter } from './features/hardware/hardware-router.ts'
import { HardwareService } from './features/hardware/hardware-service.ts'
import { LabelGate } from './features/labels/label-gate.ts'
import { labelsRouter } from './features/labels/labels-router.ts'
import { LabelsService } from './features/labels/labels-service.ts'
import { layoutRouter } from './features/layout/layout-router.ts'
import { LayoutService } from './features/layout/layout-service.ts'
import { ledgerRouter } from './features/ledger/ledger-router.ts'
import { LedgerService } from './features/ledger/ledger-service.ts'
import { bundledCatalogue } from './features/library/catalogue-service.ts'
import { libraryRouter } from './features/library/library-router.ts'
import { LibraryService } from './features/library/library-service.ts'
import { logsRouter } from './features/logs/logs-router.ts'
import { LogsService } from './features/logs/logs-service.ts'
import { modelServerRouter } from './features/model-server/model-server-router.ts'
import { ModelServerService } from './features/model-server/model-server-service.ts'
import { modelsRouter } from './features/models/models-router.ts'
import { PromptStates } from './features/models/prompt-states.ts'
import { ModelsService } from './features/models/models-service.ts'
import { usableGpu } from './features/models/usable-gpu.ts'
import { privacyRouter } from './features/privacy/privacy-router.ts'
import { PrivacyService } from './features/privacy/privacy-service.ts'
import { PrivacySummary } from './features/privacy/privacy-summary.ts'
import { redactionRouter } from './features/redaction/redaction-router.ts'
import { RedactionService } from './features/redaction/redaction-service.ts'
import { secretsRouter } from './features/secrets/secrets-router.ts'
import { SecretsService } from './features/secrets/secrets-service.ts'
import { selfTestRouter } from './features/self-test/self-test-router.ts'
import { SelfTestService } from './features/self-test/self-test-service.ts'
import { settingsRouter } from './features/settings/settings-router.ts'
import { SettingsService } from './features/settings/settings-service.ts'
import { killShell } from './features/terminals/kill-shell.ts'
import { EraseEverything } from './features/storage/erase-everything.ts'
import { ExportAndImport } from './features/storage/export-and-import.ts'
import { Retention } from './features/storage/retention.ts'
import { storageRouter } from './features/storage/storage-router.ts'
import { StorageService } from './features/storage/storage-service.ts'
import { terminalsRouter } from './features/terminals/terminals-router.ts'
import { TerminalsService } from './features/terminals/terminals-service.ts'
import { trustRouter } from './features/trust/trust-router.ts'
import { TrustService } from './features/trust/trust-service.ts'
import { vaultRouter } from './features/vault/vault-router.ts'
import { VaultService } from './features/vault/vault-service.ts'
import { workspacesRouter } from './features/workspaces/workspaces-router.ts'
import { WorkspacesService } from './features/workspaces/workspaces-service.ts'
import { AuditLog } from './platform/audit/audit-log.ts'
import { recordIfPossible } from './platform/audit/record-if-possible.ts'
import { DiskFiles } from './platform/files/disk-files.ts'
import { PinnedFiles } from './platform/files/pinned-files.ts'
import { ParcelFolderWatcher } from './platform/files/parcel-folder-watcher.ts'
import { RipgrepFileLister } from './platform/files/ripgrep-file-lister.ts'
import { watchFile } from './platform/files/watch-file.ts'
import type { Host } from './platform/host.ts'
import { StoredLedger } from './platform/ledger/stored-ledger.ts'
import { forgetLogs } from './platform/log/forget-logs.ts'
import { DatabaseKeeper } from './platform/storage/database-keeper.ts'
import { isHostGuarded } from './platform/network/host-guard.ts'
import { ScratchFolders } from './platform/memory/scratch-folders.ts'
import { SystemMemory } from './platform/memory/system-memory.ts'
import { openDoor } from './platform/network/open-door.ts'
import { FalseAlarms } from './platform/redaction/false-alarms.ts'
import { maskOwnSecrets } from './platform/secrets/mask-own-secrets.ts'
import { VaultSecrets } from './platform/secrets/vault-secrets.ts'
import { ordinaryStart, type Starts } from './platform/starts/start-watch.ts'
import { VaultStorage } from './platform/storage/vault-storage.ts'
import { openVault } from './platform/vault/open-vault.ts'
import { passphraseCost } from './platform/vault/passphrase-cost.ts'
import { alone, unconfined } from './platform/workers/confinement.ts'
import { nodeExecutable } from './platform/workers/node-executable.ts'
import { SupervisedWorker } from './platform/workers/supervised-worker.ts'
import type { WorkerSpec } from './platform/workers/worker-launcher.ts'
import { maskErrors } from './transport/mask-errors.ts'
import type { inference } from '../native/inference/contract.ts'
import type { keeper } from '../native/keeper/contract.ts'
import { coreFilterVariable, type pty } from '../native/pty/contract.ts'
import { attemptAll } from '../native/probe/attempts.ts'

export type App = Awaited<ReturnType<typeof createApp>>

/** Puts the application together: the only place where services are made. A database that stays shut is told by `app.info`. */
export async function createApp(host: Host, starts: Starts = ordinaryStart) {
  const { clock, launcher, log, paths, redactor } = host
  const cost = host.passphraseCost ?? passphraseCost
  const maskSure = (text: string): string => redactor.mask(text, { isSureOnly: true })
  /** What is made below is freed in the reverse order; one that fails keeps none of the others. */
  const made = new AsyncDisposableStack()
  const { vault, slots } = await openVault(paths.state, { keychain: host.keychain, clock, passphrase: host.passphrase ?? null, cost })
  const storage = new VaultStorage({ folder: paths.state, vault, clock })
  made.defer(() => storage.close())
  const ledger = new StoredLedger({ storage, clock, mask: maskSure })
  made.defer(() => ledger.dispose())
  if (storage.problem) log.error('The database stays shut', { code: storage.problem.code, ...storage.problem.data })
  const audit = new AuditLog({ storage, vault, headPath: join(paths.state, 'audit.head'), clock, log: log.scope('audit'), mask: maskSure })
  made.defer(() => {
    recordIfPossible(audit, { kind: 'host.stop', actor: 'host', outcome: 'done' })
    audit.dispose()
  })
  recordIfPossible(audit, { kind: 'host.start', actor: 'host', outcome: 'done', details: { host: host.kind, version: host.version } })
  const secrets = new VaultSecrets({ storage, vault, audit, clock, looksSecret: text => redactor.redact(text).findings.length > 0 })
  made.defer(maskOwnSecrets({ secrets, storage, redactor, log: log.scope('secrets') }))
  const network = openDoor({ storage, clock, ledger, audit, secrets, redactor })
  made.defer(() => network.dispose())
  const falseAlarms = new FalseAlarms({ storage, vault, clock })
  redactor.useFalseAlarms((kind, value) => falseAlarms.has(kind, value))

  const vaultService = new VaultService({ slots, keychain: host.keychain, audit, clock, onSlots: () => databaseKeeper.refreshVaultCopies() })
  made.defer(() => vaultService.dispose())

  const files = new DiskFiles()
  const changes = new WorkspaceChanges(new ParcelFolderWatcher(), log.scope('files'))
  made.defer(() => changes.dispose())
  const indexes = new FileIndexes({ lister: new RipgrepFileLister(), changes, log: log.scope('files') })
  made.defer(() => indexes.dispose())
  const workspaces = new WorkspacesService({ files, storage, clock, home: paths.home })
  const trust = new TrustService({ files, storage, audit, clock, home: paths.home, workspaces })
  made.defer(() => trust.dispose())
  const settings = new SettingsService({
    files, audit, workspaces, trust,
    stateFolder: paths.state,
    overrides: host.settingOverrides,
    watchFile,
    listenToFolder: (folder, listener) => changes.listenToPaths(folder, listener),
  })
  made.defer(() => settings.dispose())
  const labels = new LabelsService({
    files,
    lister: new RipgrepFileLister(),
    workspaces,
    listenToFolder: (folder, listener) => changes.listen(folder, listener),
    watchFile, clock,
    log: log.scope('labels'),
    stateFolder: paths.state,
    home: paths.home,
  })
  const gate = new LabelGate({ labels, audit, ledger, log: log.scope('labels') })
  const ptyWorker = new SupervisedWorker<typeof pty>({
    launcher, clock, log,
    spec: { name: 'pty', entry: 'pty', env: host.coreFilter ? { [coreFilterVariable]: host.coreFilter } : {}, confinement: unconfined },
  })
  made.defer(() => ptyWorker.dispose())
  const terminals = new TerminalsService({ worker: ptyWorker, workspaces, settings, clock, environment: process.env, killShell })
  made.defer(() => terminals.dispose())
  // One pool thread: more of them wander over the cores between decodes, and nothing else in that process needs the pool.
  const inferenceSpec = (name: string, { reads, scratch }: { reads: () => readonly string[]; scratch: string | null }): WorkerSpec => ({
    name,
    entry: 'inference',
    env: { UV_THREADPOOL_SIZE: '1' },
    confinement: { network: 'none', files: 'listed', reads, scratch: () => scratch },
  })
  const rightsOfModels = { reads: (): string[] => models.pool.seats.flatMap(seat => seat.reads), scratch: null }
  const scratch = new ScratchFolders()
  made.defer(() => scratch.dispose())
  const systemPrompt = readFileSync(join(paths.resources, 'prompts', 'chat.md'), 'utf8').trim()
  const hardware = new HardwareService({ launcher, clock, storage, log: log.scope('hardware') })
  made.defer(() => hardware.dispose())
  const models = new ModelsService({
    makeWorker: (name, rights) => new SupervisedWorker<typeof inference>({ launcher, clock, log, spec: inferenceSpec(name, rights) }),
    makeScratch: name => scratch.make(name),
    opening: [{ role: 'system', text: systemPrompt }, { role: 'user', text: 'Hello' }],
    memory: new SystemMemory({ gpu: usableGpu(hardware) }),
    onSpeed: speed => void hardware.keepSpeed(speed),
    settings, storage, clock,
    resources: paths.resources,
    audit,
    log: log.scope('models'),
  })
  made.defer(() => models.dispose())
  const catalogue = bundledCatalogue(paths.resources, log.scope('library'))
  const egress = new EgressService({ ...network, ledger, clock })
  const library: LibraryService = new LibraryService({
    catalogue, models, hardware, settings, storage, audit, clock,
    downloads: () => downloads,
    log: log.scope('library'),
    stateFolder: paths.state,
    home: paths.home,
    environment: process.env,
  })
  made.defer(() => library.dispose())
  const downloads = new DownloadsService({
    door: network.door,
    policy: { check: (url, feature) => egress.check(url, feature), mode: () => network.rules.mode, onChange: listener => network.rules.onChange(listener) },
    storage, settings, audit, clock, catalogue,
    log: log.scope('downloads'),
    modelsFolder: () => library.modelsFolder(),
    addModel: (path, origin) => library.addWithOrigin(path, origin),
  })
  made.defer(() => downloads.dispose())
  const startModels = (): void => {
    void models.start()
    downloads.start()
    void library.start()
  }
  if (!starts.isSafe) startModels()
  made.defer(starts.onChange(startModels))

  const modelServer = new ModelServerService({
    engines: models,
    models: { list: () => models.list(), loadedIds: () => models.pool.seats.map(seat => seat.model.id), modifiedAt: async path => (await stat(path)).mtime },
    settings, storage, audit, clock,
    log: log.scope('model-server'),
  })
  made.defer(() => modelServer.dispose())
  models.pool.countWaiting(id => modelServer.waitingFor(id))
  made.defer(modelServer.onQueue(() => models.pool.tell()))
  if (!starts.isSafe) await modelServer.start()
  made.defer(starts.onChange(() => void modelServer.start()))

  const promptStates = new PromptStates({
    folder: join(paths.state, 'prompt-states'),
    vault,
    seat: () => models.chatSeat,
    mostBytes: async () => (await settings.values())['model.promptStates'] * 1e6,
    freeScratchBytes: () => scratch.freeBytes(),
    log: log.scope('models'),
  })
  made.defer(() => promptStates.dispose())
  const conversations = new ConversationStore(storage, clock)
  const chat = new ChatService({ engine: models.forRole('chat'), gate, store: conversations, workspaces, settings, audit, clock, log: log.scope('chat'), systemPrompt, promptStates })
  made.defer(() => chat.dispose())

  // A check of a large database takes longer than any other work, and has no time for signs of life.
  const keeperSpec: WorkerSpec = { name: 'keeper', entry: 'keeper', env: {}, confinement: alone }
  const keeperWorker = new SupervisedWorker<typeof keeper>({ launcher, clock, log, spec: keeperSpec, missedBeatsAllowed: 3600 })
  made.defer(() => keeperWorker.dispose())
  const databaseKeeper = new DatabaseKeeper({ folder: paths.state, vault, storage, clock, work: keeperWorker.client, onIdle: () => void keeperWorker.stop() })
  const retention = new Retention({
    storage,
    clock,
    audit,
    settings,
    kinds: [
      { kind: 'conversations', setting: 'privacy.keepConversations', forget: before => chat.conversations.forget(before) },
      { kind: 'prompt-states', setting: 'privacy.keepConversations', forget: before => promptStates.forgetBefore(before) },
      { kind: 'ledger', setting: 'privacy.keepLedger', forget: before => ledger.forget(before) },
      { kind: 'logs', setting: 'privacy.keepLogs', forget: before => forgetLogs(paths.logs, before) },
    ],
  })
  const exports = new ExportAndImport({ folder: paths.state, storage, keeper: databaseKeeper, cost, settings })
  const kept = new StorageService({ folder: paths.state, logs: paths.logs, vault, storage, keeper: databaseKeeper, retention, exports, audit, clock, log: log.scope('storage') })
  made.defer(() => kept.dispose())
  kept.start()
  const eraser = new EraseEverything({ folder: paths.state, storage, forgetKeys: () => slots.forget(), log: log.scope('storage'), endHost: host.end })
  const layout = new LayoutService(storage, starts)
  made.defer(() => layout.dispose())
  const auditService = new AuditService({ audit, vault, clock, settings, version: host.version, log: log.scope('audit') })
  made.defer(() => auditService.dispose())

  const confinedKinds = [
    { process: 'inference' as const, confinement: () => inferenceSpec('inference', rightsOfModels).confinement },
    { process: 'keeper' as const, confinement: () => keeperSpec.confinement },
    { process: 'keychain' as const, confinement: () => host.keychain.confinement?.() ?? alone },
  ]

  // `implement(contract)` makes a missing procedure a compile error.
  const router = implement(contract).use(mapErrors).use(maskErrors(maskSure)).router({
    audit: auditRouter(auditService),
    app: appRouter(new AppService(host, storage, starts)),
    buffers: buffersRouter(new BuffersService({ storage, workspaces, clock })),
    chat: chatRouter(chat),
    completion: completionRouter(new CompletionService(models.forRole('completion'), gate, audit)),
    downloads: downloadsRouter(downloads),
    egress: egressRouter(egress),
    doctor: doctorRouter(new DoctorService({
      paths, vault,
      stored: () => kept.state(),
      auditState: () => auditService.state(),
      verifyAudit: () => auditService.verifyNow(),
      slots: () => slots.slots.map(slot => slot.kind),
      keychain: host.keychain,
      launcher,
      inferenceConfinement: inferenceSpec('inference', rightsOfModels).confinement,
      listModels: () => models.list(),
      hardware: () => hardware.lookAgain(),
      node: nodeExecutable,
      isHostGuarded, clock,
      log: log.scope('doctor'),
    })),
    files: filesRouter(new FilesService({ files: new PinnedFiles(files), workspaces, changes, indexes })),
    hardware: hardwareRouter(hardware),
    labels: labelsRouter(labels),
    ledger: ledgerRouter(new LedgerService({ book: ledger, clock })),
    layout: layoutRouter(layout),
    library: libraryRouter(library),
    logs: logsRouter(new LogsService(host.logBook)),
    models: modelsRouter(models),
    modelServer: modelServerRouter(modelServer),
    privacy: privacyRouter(new PrivacyService({ hostKind: host.kind, launcher, isEnforcementOff: host.isEnforcementOff, isHostGuarded, modelName: process => (models.pool.seats.find(seat => seat.name === process)?.model ?? models.engine.model)?.name ?? null, onModelChange: listener => models.pool.onChange(listener), hasKeychain: host.keychain.confinement !== undefined }), new PrivacySummary({ ledger, storage, clock })),
    redaction: redactionRouter(new RedactionService({ redactor, falseAlarms, audit })),
    secrets: secretsRouter(new SecretsService({
      secrets, storage, clock,
      readAudit: name => audit.chain?.table.page({ kind: 'secret', actor: null, outcome: null, text: name, from: null, to: null }, null, 500) ?? [],
    })),
    selfTest: selfTestRouter(new SelfTestService({
      launcher,
      confined: confinedKinds,
      attemptFromHost: sinks => network.asSelfTest(sinks, () => attemptAll(sinks, nodeExecutable())),
      isHostGuarded,
      hostKind: host.kind,
      home: paths.home,
      version: host.version,
      isEnforcementOff: host.isEnforcementOff,
      storage, vault, audit, clock,
      log: log.scope('self-test'),
    })),
    settings: settingsRouter(settings),
    storage: storageRouter(kept, eraser),
    terminals: terminalsRouter(terminals),
    trust: trustRouter(trust),
    vault: vaultRouter(vaultService),
    workspaces: workspacesRouter(workspaces),
  })

  return {
    router,
    /** For the host: a second start hands its folder to `workspaces.requestFolder`. */
    services: { workspaces, settings, models, ledger, secrets, modelServer },
    dispose: () => made.disposeAsync(),
  }
}
