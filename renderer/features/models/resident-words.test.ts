import { describe, expect, it } from 'vitest'
import type { MemoryBudget, Model, Resident } from '#shared/contract/models.ts'
import type { LoadPlan } from '#shared/load-plan.ts'
import { useEngine } from '../../rpc/engine.ts'
import { historyLength, sampleOf, totals, withSamples } from './activity-history.ts'
import { comeBack, useLoads } from './load-model-as.ts'
import { suggestionOf } from './load-problems.tsx'
import { heldWords, memoryBar } from './memory-bar.ts'
import { narrowPlanWords, planRows, residentPlanWords } from './plan-words.ts'
import { activityWords, guessWords, headWords, loadedWords, paceWords } from './resident-words.ts'
import { sparkWords } from './spark-line.tsx'

const model: Model = {
  id: 'a', name: 'Qwen 7B', path: '/a.gguf', sizeBytes: 9, architecture: 'llama', parameters: 8, quantization: 'Q8_0', contextLength: 2048, canChat: true, canFill: true, canEmbed: false, canRerank: false, use: 'generate', source: 'added', isStarter: false,
}
const plan: LoadPlan = { contextTokens: 8192, sequences: 1, gpuLayers: 0, layers: 29, kvCacheType: 'q8_0', batchTokens: 512, threads: 4, weightsBytes: 4e9, cacheBytes: 5e8, computeBytes: 2e8, totalBytes: 4.7e9, gpuBytes: 0, fits: true, freeBytes: 9e9, freeGpuBytes: null, reason: null, smaller: null }
const resident: Resident = {
  modelId: 'a', process: 'inference', status: 'ready', ratio: 1, plan, facts: null, isPinned: false, memoryBytes: 5e9, lastUsedAt: null, activity: { task: 'chat', tokensPerSecond: 41, prefillTokensPerSecond: 1900, contextUsedTokens: 10, queued: 0 }, reason: null, error: null,
}

describe('words for what is loaded', () => {
  it('heads the page with what is wrong before what is well', () => {
    expect(headWords([], [])).toEqual({ title: 'No model is loaded', tone: 'plain' })
    expect(headWords([model], [], { status: 'failed', modelId: 'gone', error: { code: 'FILE_NOT_FOUND', data: { path: '/x' } } })).toEqual({ title: 'The model for chat is not loaded', tone: 'error' })
    expect(narrowPlanWords(resident)).toBe('8,192 context, processor, 4 threads, Q8 cache, batches of 512')
    expect(headWords([model], [resident]).title).toBe('1 model is ready')
    expect(headWords([model], [resident, resident, resident]).title).toBe('3 models are ready')
    expect(headWords([model], [resident, { ...resident, status: 'loading' }]).title).toBe('Loading Qwen 7B')
    expect(headWords([model], [{ ...resident, status: 'restarting' }])).toEqual({ title: 'Qwen 7B starts again', tone: 'warn' })
    expect(headWords([model], [resident, { ...resident, status: 'failed' }])).toEqual({ title: 'Qwen 7B is not loaded', tone: 'error' })
  })

  it('says what a model does, who waits and whether it stays', () => {
    expect(activityWords({ ...resident, isPinned: true, activity: { ...resident.activity, queued: 2 } })).toBe('answers, 2 wait, pinned')
    expect(activityWords({ ...resident, status: 'loading', ratio: 0.4 })).toBe('loading, 40 %')
    expect(activityWords({ ...resident, status: 'failed' })).toBe('not loaded')
  })

  it('says of a model on this machine whether it is loaded by what its process says', () => {
    expect([null, 'ready', 'loading', 'failed', 'restarting'].map(status => loadedWords(status === null ? null : { ...resident, status: status as Resident['status'], ratio: 0 }))).toEqual(['not loaded', 'loaded', 'loading, 0 %', 'not loaded', 'starts again'])
  })

  it('forgets why a model failed once it loads again, whoever loads it, and not before', () => {
    const failed: Resident = { ...resident, status: 'failed' }
    expect(comeBack([failed], [{ ...resident, status: 'loading' }])).toEqual(['a'])
    expect(comeBack([], [resident, { ...failed, modelId: 'b' }])).toEqual(['a'])
    expect([comeBack([resident], [resident]), comeBack([resident], [failed]), comeBack([resident], [])]).toEqual([[], [], []])
    useEngine.setState({ residents: [failed] })
    useLoads.setState({ failures: { a: new Error('x'), b: new Error('y') } })
    useEngine.setState({ residents: [{ ...failed }] })
    expect(Object.keys(useLoads.getState().failures)).toEqual(['a', 'b'])
    useEngine.setState({ residents: [{ ...resident, status: 'loading' }] })
    expect(Object.keys(useLoads.getState().failures)).toEqual(['b'])
    useEngine.setState({ residents: [] })
    useLoads.setState({ failures: {} })
  })

  it('says how fast it writes or reads texts, and how it guesses ahead where it does', () => {
    expect([paceWords(resident.activity), paceWords({ ...resident.activity, tokensPerSecond: null }), paceWords({ ...resident.activity, textsPerSecond: 310.2 })]).toEqual(['41', '–', '310 texts/s'])
    const speculation = { way: 'lookup' as const, isChosen: false, outcome: { winner: 'lookup' as const, factor: 1.41, measuredAt: new Date(2026, 10, 28).getTime() }, guessed: 200, accepted: 50 }
    expect(guessWords({ speculation })).toBe('guesses ahead from the prompt, 1.4 times as fast (measured 28 Nov 2026); 25 % of 200 guesses were right')
    expect([guessWords({}), guessWords({ speculation: { ...speculation, way: 'off' } })]).toEqual([null, null])
  })

  it('samples what ended since the last look, and nothing older', () => {
    const lastUsedAt = new Date(1_000_000)
    const over: Resident = { ...resident, lastUsedAt, activity: { ...resident.activity, task: 'idle', textsPerSecond: 12 } }
    expect(sampleOf(over, lastUsedAt.getTime() + 900)).toEqual({ tokensPerSecond: 41, prefillTokensPerSecond: 1900, textsPerSecond: 12, memoryBytes: 5e9, queued: 0, usedAt: 1_000_000 })
    expect(sampleOf(over, lastUsedAt.getTime() + 2000)).toEqual({ tokensPerSecond: 0, prefillTokensPerSecond: 0, textsPerSecond: 0, memoryBytes: 5e9, queued: 0, usedAt: 1_000_000 })
    // Its news came late: it is no part of the next sample too.
    const [first, second] = withSamples(withSamples({}, [over], 1_000_100), [over], 1_001_100)['a']!
    expect([first?.tokensPerSecond, second?.tokensPerSecond]).toEqual([41, 0])
    expect(sampleOf({ ...over, activity: { ...over.activity, task: 'completion' } }, lastUsedAt.getTime() + 2000).tokensPerSecond).toBe(41)
  })

  it('puts a plan in a line and in rows', () => {
    expect(residentPlanWords(resident)).toBe('processor, 4 threads, Q8 cache, batches of 512')
    expect(residentPlanWords({ plan: { ...plan, gpuLayers: 29, sequences: 4 }, facts: null })).toBe('29 of 29 layers on the graphics card, 4 threads, Q8 cache, batches of 512, 4 at a time')
    expect(residentPlanWords({ plan: { ...plan, kvCacheType: 'f16', batchTokens: 2048 }, facts: null })).toBe('processor, 4 threads, F16 cache, batches of 2,048')
    expect(residentPlanWords({ plan: null, facts: null })).toBe('being planned')
    expect(planRows({ ...plan, gpuBytes: 3e9, freeGpuBytes: 8e9 }).map(({ value }) => value)).toContain('4.7 GB, 3.0 GB of it on the graphics card')
    expect(planRows({ ...plan, batchTokens: 1024 })).toContainEqual({ label: 'Batch', value: '1,024 tokens at a time' })
    expect(planRows(plan)[0]).toEqual({ label: 'Context', value: '8,192 tokens' })
  })

  it('draws the budget with what other programs leave of it', () => {
    const budget: MemoryBudget = { totalBytes: 16e9, freeBytes: 3e9, budgetBytes: 12e9, usedBytes: 5e9, models: [{ modelId: 'a', bytes: 5e9 }], gpu: { name: 'RTX', totalBytes: 12e9, freeBytes: 4e9 } }
    const bar = memoryBar(budget, [model])
    expect(bar.parts.map(({ label, amount }) => `${label} ${amount}`)).toEqual(['Qwen 7B 5.0 GB', 'Other programs 4.0 GB'])
    expect([bar.freeText, bar.gpuText]).toEqual(['3.0 GB free of the budget of 12.0 GB', 'RTX: 4.0 GB of 12.0 GB free'])
    expect(bar.parts.reduce((sum, { share }) => sum + share, 0)).toBeLessThanOrEqual(1)
    expect(memoryBar(budget, [model], [{ memoryBytes: 3.5e9 }])).toMatchObject({ heldText: '5.0 GB set aside, 3.5 GB of it in use now', text: 'Set aside for models: 5.0 GB; 3.0 GB free of the budget of 12.0 GB' })
    expect(memoryBar(budget, [model], [{ memoryBytes: 5e9 }]).heldText).toBe('5.0 GB set aside')
    expect([3.5e9, 5e9, 900e6, 0].map(memoryBytes => heldWords({ modelId: 'a', memoryBytes }, budget))).toEqual(['3.5 of 5.0 GB', '5.0 GB', '900 MB of 5.0 GB', '0 of 5.0 GB'])
    expect(heldWords({ modelId: 'b', memoryBytes: 0 }, null)).toBe('–')
    expect(memoryBar({ ...budget, models: [], usedBytes: 0, freeBytes: 15e9 }, []).parts).toEqual([])
  })

  it('keeps a minute of each model and adds them up from the newest', () => {
    let history = {}
    for (let second = 0; second < historyLength + 5; second += 1) history = withSamples(history, [resident])
    history = withSamples(history, [resident, { ...resident, modelId: 'b', activity: { ...resident.activity, task: 'idle' } }])
    expect(totals(history, 'tokensPerSecond')).toHaveLength(historyLength)
    expect([totals(history, 'memoryBytes').at(-2), totals(history, 'memoryBytes').at(-1), totals(history, 'tokensPerSecond').at(-1)]).toEqual([5e9, 10e9, 41])
    expect(withSamples(history, [])).toEqual({})
    expect([sparkWords('Tokens/s', [], String), sparkWords('Tokens/s', [1, 5, 2], String)]).toEqual(['Tokens/s: nothing measured yet', 'Tokens/s over the last minute: 2 now, 5 at most'])
  })

  it('offers the plan that would fit', () => {
    const refused = { code: 'MODEL_DOES_NOT_FIT', data: { id: 'a', neededBytes: 9, freeBytes: 1, suggestion: plan } }
    expect(suggestionOf(refused)?.contextTokens).toBe(8192)
    expect([suggestionOf({ code: 'MODEL_NOT_FOUND', data: { id: 'a' } }), suggestionOf(new Error('x'))]).toEqual([null, null])
  })
})
