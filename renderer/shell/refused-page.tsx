import type { Refusal } from '../rpc/connection.ts'

const words: Record<Refusal, { title: string; text: string }> = {
  'link-used': { title: 'This link was used already', text: 'Each link opens one tab, once, within 5 minutes.' },
  'too-many-tries': { title: 'Too many wrong links', text: 'Cortex takes no links for a minute after 10 wrong ones.' },
  'no-link': { title: 'This tab has no link', text: 'Cortex opens from the link that it prints when it starts, so that no other page can reach it.' },
  'host-restarted': { title: 'Cortex was started again', text: 'The host that this tab belonged to has ended. Text that was not saved is kept and comes back with the folder.' },
}

/** In place of the window when the host does not know this tab. */
export function RefusedPage({ refusal }: { refusal: Refusal }) {
  const { title, text } = words[refusal]
  return (
    <main className="grid h-full place-items-center p-6">
      <div className="max-w-md">
        <h1 className="text-20 font-strong">{title}</h1>
        <p className="mt-2 text-muted">{text}</p>
        <p className="mt-4">To open a new tab, run this in a terminal and follow the link it prints:</p>
        <pre className="mt-2 rounded-control border border-line bg-surface-2 px-3 py-2 text-12">npm start</pre>
        <p className="mt-2 text-muted">If Cortex is running, the same command prints a fresh link to it.</p>
      </div>
    </main>
  )
}
