import { modelRoles, type Model, type ModelRole } from '#shared/contract/models.ts'
import { client } from '../../rpc/client.ts'
import { useEngine } from '../../rpc/engine.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Section } from '../../ui/section.tsx'
import { Select } from '../../ui/select.tsx'
import { canHave, roleNames } from './model-words.ts'

const noneWords: Readonly<Record<ModelRole, string>> = { chat: 'The starter', completion: 'As chat', embedding: 'None', rerank: 'None' }

/** Which model does what; a change holds at once, and the model is loaded when it is first asked. */
export function RolesSection() {
  const models = useEngine(state => state.models)
  const roles = useEngine(state => state.roles)
  return (
    <Section id="models-roles" title="Roles">
      <div className="flex flex-col gap-1.5">
        {modelRoles.map(role => (
          <div key={role} className="grid grid-cols-[minmax(0,6rem)_minmax(0,1fr)] items-center gap-3">
            <span aria-hidden className="text-12 text-muted">
              {roleNames[role]}
            </span>
            <Select label={roleNames[role]} isLabelHidden value={roles[role] ?? ''} options={optionsFor(role, models)} onChange={id => void client.models.setRole({ role, id: id === '' ? null : id }).catch(reportFailure)} />
          </div>
        ))}
      </div>
    </Section>
  )
}

function optionsFor(role: ModelRole, models: readonly Model[]): { value: string; label: string }[] {
  // The starter for chat is what no other model means.
  return [{ value: '', label: noneWords[role] }, ...models.filter(model => canHave(model, role)).map(({ id, name }) => ({ value: id, label: name }))]
}
