import type { EngineActivity, Model, ModelRoles, ModelsEvent, ResidentActivity } from '#shared/contract/models.ts'
import { liveStream } from '../../platform/live/live-stream.ts'
import { TurnTaker } from '../../platform/live/turn-taker.ts'
import type { EnginePool } from './engine-pool.ts'
import type { RoleEngine } from './role-engine.ts'

interface Watched {
  chat: RoleEngine
  pool: EnginePool
  models: () => Promise<Model[]>
  roles: () => ModelRoles
  onList: (listener: () => void) => () => void
  onOptions: (listener: () => void) => () => void
}

const tellMilliseconds = 250

/** A snapshot first and whenever the list changes, then what changes. */
export function watchModels({ chat, pool, models, roles, onList, onOptions }: Watched, signal: AbortSignal | undefined): AsyncGenerator<ModelsEvent> {
  return liveStream<ModelsEvent>(
    async (push, fail) => {
      const turns = new TurnTaker()
      let hasTold = false
      let timer: NodeJS.Timeout | null = null
      let lastActivity = ''
      const residency = async () => ({ ...(await pool.residents()), roles: roles() })
      const snapshot = async (): Promise<void> => {
        const [known, loaded] = await Promise.all([models(), residency()])
        push({ type: 'snapshot', models: known, engine: chat.state, activity: asEngine(chat.activity), ...loaded })
        hasTold = true
      }
      const changed = async (): Promise<void> => {
        const activity = asEngine(chat.activity)
        const text = JSON.stringify(activity)
        if (text !== lastActivity) push({ type: 'activity-changed', activity })
        lastActivity = text
        push({ type: 'residency-changed', ...(await residency()) })
      }
      const stops = [
        onList(() => void turns.take('', snapshot).catch(fail)),
        onOptions(() => hasTold && push({ type: 'options-changed' })),
        // The snapshot comes first and says what changed before it.
        chat.onChange(engine => hasTold && push({ type: 'engine-changed', engine })),
        pool.onChange(() => {
          timer ??= setTimeout(() => {
            timer = null
            if (hasTold) void turns.take('', changed).catch(fail)
          }, tellMilliseconds)
        }),
      ]
      await turns.take('', snapshot)
      return () => {
        if (timer) clearTimeout(timer)
        stops.forEach(stop => stop())
      }
    },
    { signal },
  )
}

/** What the status bar knows: it has no words for vectors. */
function asEngine({ task, tokensPerSecond, contextUsedTokens }: ResidentActivity): EngineActivity {
  return { task: task === 'embedding' || task === 'rerank' ? 'idle' : task, tokensPerSecond, contextUsedTokens }
}
