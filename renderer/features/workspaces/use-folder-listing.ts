import { useEffect, useState } from 'react'
import type { FolderListing } from '#shared/contract/workspaces.ts'
import { client } from '../../rpc/client.ts'

export interface ListingState {
  listing: FolderListing | null
  error: unknown
  isLoading: boolean
}

/** Sub-folders of a path; null asks for the home folder. The last good listing stands until the next has come. */
export function useFolderListing(path: string | null): ListingState {
  const [state, setState] = useState<ListingState>({ listing: null, error: null, isLoading: true })
  useEffect(() => {
    const aborting = new AbortController()
    setState(before => ({ ...before, isLoading: true }))
    client.workspaces.browse(path === null ? {} : { path }, { signal: aborting.signal }).then(
      listing => setState({ listing, error: null, isLoading: false }),
      (error: unknown) => {
        if (!aborting.signal.aborted) setState(before => ({ ...before, error, isLoading: false }))
      },
    )
    return () => aborting.abort()
  }, [path])
  return state
}
