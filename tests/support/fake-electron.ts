import { EventEmitter } from 'node:events'

type Handler = (...given: never[]) => unknown

/** Remembers the handlers that were set, by the name of the call that set them. */
class FakeSession extends EventEmitter {
  readonly handlers = new Map<string, Handler>()
  readonly proxies: unknown[] = []
  isSpellChecked = true
  readonly webRequest = { onBeforeRequest: (handler: Handler) => this.handlers.set('request', handler) }
  setPermissionRequestHandler = (handler: Handler) => this.handlers.set('permission-request', handler)
  setPermissionCheckHandler = (handler: Handler) => this.handlers.set('permission-check', handler)
  setDevicePermissionHandler = (handler: Handler) => this.handlers.set('device', handler)
  setDisplayMediaRequestHandler = (handler: Handler) => this.handlers.set('display', handler)
  setSpellCheckerEnabled = (isEnabled: boolean) => {
    this.isSpellChecked = isEnabled
  }
  dictionaryPlace = ''
  setSpellCheckerDictionaryDownloadURL = (place: string) => {
    this.dictionaryPlace = place
  }
  setProxy = async (proxy: unknown) => {
    this.proxies.push(proxy)
  }
}

export class FakeContents extends EventEmitter {
  readonly id = 1
  readonly mainFrame = { origin: 'app://cortex', parent: null, frameTreeNodeId: 1, isDestroyed: () => false }
  address = ''
  openHandler: Handler = () => undefined
  readonly inputs: unknown[] = []
  reloads = 0
  isDestroyed = () => false
  getURL = () => this.address
  focus = () => undefined
  reload = () => {
    this.reloads++
  }
  setWindowOpenHandler = (handler: Handler) => {
    this.openHandler = handler
  }
  setWebRTCIPHandlingPolicy = () => undefined
  sendInputEvent = (input: unknown) => this.inputs.push(input)
}

const windows: FakeWindow[] = []

export class FakeWindow extends EventEmitter {
  readonly options: Record<string, unknown>
  readonly webContents = new FakeContents()
  focuses = 0
  constructor(options: Record<string, unknown>) {
    super()
    this.options = options
    windows.push(this)
    fakeElectron.app.emit('web-contents-created', {}, this.webContents)
  }
  static getFocusedWindow = () => null
  static getAllWindows = () => windows
  loadURL = async (address: string) => {
    this.webContents.address = address
    this.emit('ready-to-show')
  }
  show = () => undefined
  maximize = () => undefined
  restore = () => undefined
  focus = () => {
    this.focuses++
  }
  isVisible = () => false
  isDestroyed = () => false
  isMinimized = () => false
  isMaximized = () => false
  getNormalBounds = () => ({ x: 1, y: 2, width: 1000, height: 700 })
}

class FakeApp extends EventEmitter {
  readonly calls: string[] = []
  readonly isPackaged = false
  readonly commandLine = { appendSwitch: (name: string, value?: string) => this.calls.push(value === undefined ? `switch ${name}` : `switch ${name}=${value}`) }
  enableSandbox = () => this.calls.push('enableSandbox')
  setPath = (name: string) => this.calls.push(`setPath ${name}`)
  requestSingleInstanceLock = () => true
  whenReady = async () => {
    this.calls.push('whenReady')
  }
  configureHostResolver = () => this.calls.push('configureHostResolver')
  setProxy = async () => {
    this.calls.push('setProxy')
  }
  exit = (code: number) => this.calls.push(`exit ${code}`)
  quit = () => {
    let isPrevented = false
    this.emit('will-quit', { preventDefault: () => (isPrevented = true) })
    if (!isPrevented) this.calls.push('quit')
  }
}

const app = new FakeApp()
const session = new FakeSession()
const schemes = new Map<string, (request: Request) => Promise<Response>>()
const dialogs: { message: string; detail: string }[] = []

/** Encrypts by turning the bits round, behind the prefix that names the key's place. */
class FakeSafeStorage {
  prefix = 'v10'
  fault: Error | 'hangs' | null = null
  isAsyncEncryptionAvailable = async () => true
  encryptStringAsync = async (text: string) => {
    if (this.fault === 'hangs') await new Promise(() => undefined)
    if (this.fault instanceof Error) throw this.fault
    return Buffer.concat([Buffer.from(this.prefix), Buffer.from(text).map(byte => byte ^ 0xff)])
  }
  decryptStringAsync = async (bytes: Buffer) => ({ result: Buffer.from(bytes.subarray(3).map(byte => byte ^ 0xff)).toString('utf8'), shouldReEncrypt: false })
}

/** As much of Electron as the shell touches, for a plain Node. What a real window does with it is in tests/desktop. */
export const fakeElectron = {
  app,
  BrowserWindow: FakeWindow,
  BaseWindow: FakeWindow,
  ipcMain: new EventEmitter(),
  safeStorage: new FakeSafeStorage(),
  session: { defaultSession: session },
  protocol: {
    registerSchemesAsPrivileged: (all: { scheme: string }[]) => app.calls.push(`register ${all.map(one => one.scheme).join()}`),
    handle: (scheme: string, handler: (request: Request) => Promise<Response>) => schemes.set(scheme, handler),
  },
  nativeTheme: { shouldUseDarkColors: true },
  screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }], getPrimaryDisplay: () => ({ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }) },
  Menu: { buildFromTemplate: (template: unknown) => template, setApplicationMenu: () => app.calls.push('menu') },
  dialog: {
    showMessageBox: async (question: { message: string; detail: string }) => {
      dialogs.push(question)
      return { response: 1 }
    },
  },
}

export const seen = { windows, session, schemes, dialogs }
