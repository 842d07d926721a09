import { Check, Copy } from 'lucide-react'
import { useId, useState } from 'react'
import { serverScopes, type ServerScope } from '#shared/contract/model-server.ts'
import { client } from '../../../rpc/client.ts'
import { useEngine } from '../../../rpc/engine.ts'
import { errorWords } from '../../../shell/error-words.ts'
import { Button } from '../../../ui/button.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { Field } from '../../../ui/field.tsx'
import { endOfDay, readLimit } from './client-values.ts'
import { useCopied } from '../../../shell/use-copied.ts'

const scopeNames: Readonly<Record<ServerScope, string>> = { chat: 'Chat', completions: 'Completions', embeddings: 'Embeddings', rerank: 'Rerank', models: 'List models' }

/** Lets a program call; its token is shown in this dialog and nowhere else, ever again. */
export function ClientDialog({ onClose }: { onClose: () => void }) {
  const models = useEngine(state => state.models)
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<readonly ServerScope[]>(serverScopes)
  const [isLimited, setLimited] = useState(false)
  const [chosen, setChosen] = useState<readonly string[]>([])
  const [requests, setRequests] = useState('')
  const [tokens, setTokens] = useState('')
  const [end, setEnd] = useState('')
  const [fault, setFault] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [token, setToken] = useState<string | null>(null)
  const limits = { requestsPerMinute: readLimit(requests, 1_000_000), tokensPerMinute: readLimit(tokens, 1_000_000_000) }
  const canCreate = name.trim() !== '' && scopes.length > 0 && limits.requestsPerMinute !== undefined && limits.tokensPerMinute !== undefined && (!isLimited || chosen.length > 0)

  async function create(): Promise<void> {
    setBusy(true)
    setFault(null)
    try {
      const made = await client.modelServer.createClient({
        name: name.trim(),
        scopes: [...scopes],
        models: isLimited ? [...chosen] : 'all',
        requestsPerMinute: limits.requestsPerMinute ?? null,
        tokensPerMinute: limits.tokensPerMinute ?? null,
        expiresAt: endOfDay(end),
      })
      setToken(made.token)
    } catch (error) {
      const { what, why, next } = errorWords(error)
      setFault(`${what} ${why} ${next}`)
    } finally {
      setBusy(false)
    }
  }
  if (token !== null) return <TokenDialog name={name.trim()} token={token} onClose={onClose} />
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Add a program"
      description="It gets a token of its own, which can be revoked at any time."
      hasCloseButton={false}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form="server-client" disabled={isBusy || !canCreate}>
            Create its token
          </Button>
        </>
      }
    >
      <form
        id="server-client"
        className="flex flex-col gap-3"
        onSubmit={event => {
          event.preventDefault()
          if (!isBusy && canCreate) void create()
        }}
      >
        <Field label="Name" placeholder="Notes script" data-autofocus maxLength={100} value={name} error={fault} onChange={event => setName(event.target.value)} />
        <CheckGroup label="What it may ask for" items={serverScopes.map(scope => ({ value: scope, label: scopeNames[scope] }))} chosen={scopes} onChange={setScopes} />
        <CheckGroup label="Models" items={[{ value: 'limited', label: 'Only those chosen here' }]} chosen={isLimited ? ['limited'] : []} onChange={next => setLimited(next.length > 0)} />
        {isLimited && <CheckGroup label="Which models" isLabelHidden items={models.map(model => ({ value: model.id, label: model.name }))} chosen={chosen} onChange={setChosen} />}
        <div className="grid grid-cols-2 gap-3">
          <Field label="Requests a minute" placeholder="No limit" inputMode="numeric" value={requests} error={limits.requestsPerMinute === undefined ? 'A whole number from 1, or empty.' : null} onChange={event => setRequests(event.target.value)} />
          <Field label="Tokens a minute" placeholder="No limit" inputMode="numeric" value={tokens} error={limits.tokensPerMinute === undefined ? 'A whole number from 1, or empty.' : null} onChange={event => setTokens(event.target.value)} />
        </div>
        <Field label="Ends on" type="date" className="max-w-44" value={end} onChange={event => setEnd(event.target.value)} description="Empty: never." />
      </form>
    </Dialog>
  )
}

function TokenDialog({ name, token, onClose }: { name: string; token: string; onClose: () => void }) {
  const [isCopied, copy] = useCopied()
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`The token of ${name}`}
      description="It is shown this once. Copy it now; only a digest of it is kept."
      hasCloseButton={false}
      footer={
        <>
          <Button onClick={onClose}>Done</Button>
          <Button variant="primary" icon={isCopied ? Check : Copy} data-autofocus onClick={() => copy(token)}>
            {isCopied ? 'Copied' : 'Copy the token'}
          </Button>
        </>
      }
    >
      <code aria-label="Token" className="rounded-control border border-line bg-surface-2 px-3 py-2 text-12 [overflow-wrap:anywhere] select-all">
        {token}
      </code>
    </Dialog>
  )
}

interface CheckGroupProps<V extends string> {
  label: string
  isLabelHidden?: boolean
  items: readonly { value: V; label: string }[]
  chosen: readonly V[]
  onChange: (chosen: V[]) => void
}

function CheckGroup<V extends string>({ label, isLabelHidden = false, items, chosen, onChange }: CheckGroupProps<V>) {
  const name = useId()
  return (
    <fieldset className="min-w-0">
      <legend className={isLabelHidden ? 'sr-only' : 'mb-1 text-12 font-strong'}>{label}</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        {items.map(({ value, label: text }) => (
          <label key={value} className="flex min-w-0 items-center gap-1.5 text-12">
            <input type="checkbox" name={name} checked={chosen.includes(value)} onChange={event => onChange(event.target.checked ? [...chosen, value] : chosen.filter(one => one !== value))} className="size-3.5 accent-(--text)" />
            <span className="truncate">{text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
