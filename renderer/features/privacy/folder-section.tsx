import { useState } from 'react'
import { client } from '../../rpc/client.ts'
import { useTrust } from '../../rpc/trust.ts'
import { runCommand } from '../../shell/commands.ts'
import { useFileLabels } from '../../shell/file-labels.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { useSession } from '../../shell/session.ts'
import { Button } from '../../ui/button.tsx'
import { FactList } from '../../ui/fact-list.tsx'
import { Actions, Section } from '../../ui/section.tsx'
import { LoadingState } from '../../ui/states.tsx'
import { Toned } from '../../ui/tone.tsx'
import { SecretFilesDialog } from './secret-files-dialog.tsx'

const template = `{
  // Who may read what: "secret" is never read by AI, "internal" goes to local models only. A pattern here can only raise a label.
  // Without a slash it means a name at any depth, with one it counts from this folder: "customers/", "*.dump", "/plans/**".
  "labels": {
  }
}
`

const files = (count: number): string => `${count.toLocaleString('en')} ${count === 1 ? 'file' : 'files'}`

/** Whether the folder is trusted, how many of its files AI may read, and which never. */
export function FolderSection() {
  const workspace = useSession(state => state.workspace)
  const snapshot = useFileLabels(state => state.snapshot)
  const trust = useTrust(state => state.trust)
  const [isListed, setListed] = useState(false)
  if (!workspace) return null
  const counts = snapshot?.counts
  return (
    <Section title="This folder">
      {!snapshot || !counts ? (
        <LoadingState text="Counting the files" />
      ) : (
        <FactList
          facts={[
            ...(trust ? [{ label: 'Trust', value: trust.isTrusted ? 'trusted' : 'restricted' }] : []),
            { label: 'Secret, kept from AI', value: files(counts.secret) },
            { label: 'Internal, local models only', value: counts.internal.toLocaleString('en') },
            { label: 'Public', value: counts.public.toLocaleString('en') },
          ]}
        />
      )}
      {snapshot && snapshot.problems.length > 0 && (
        <div role="status" className="mt-1 text-12">
          <Toned tone="warn">Every file counts as secret until the rules can be read.</Toned>
          <ul className="mt-1 text-muted">
            {snapshot.problems.map(({ source, message }) => (
              <li key={`${source}:${message}`} className="break-words">{`${source === 'user' ? snapshot.userFile : snapshot.folderFile}: ${message}`}</li>
            ))}
          </ul>
        </div>
      )}
      <Actions>
        <Button disabled={!counts || counts.secret === 0} onClick={() => setListed(true)}>
          Secret files
        </Button>
        <Button disabled={!snapshot} onClick={() => void editRules(workspace.id, snapshot?.folderFile ?? '').catch(reportFailure)}>
          Edit rules
        </Button>
        <Button onClick={() => void runCommand('trust.show').catch(reportFailure)}>Review</Button>
      </Actions>
      {snapshot && counts && <SecretFilesDialog isOpen={isListed} onClose={() => setListed(false)} files={snapshot.secretFiles} total={counts.secret} areRulesBroken={snapshot.problems.length > 0} />}
    </Section>
  )
}

/** Opens the folder's rules; where there are none yet, a file that says how they are written. */
async function editRules(workspaceId: string, path: string): Promise<void> {
  if ((await client.files.stat({ workspaceId, path })) === null) await client.files.write({ workspaceId, path, text: template, expectedVersion: null })
  await runCommand('editor.open', { path })
}
