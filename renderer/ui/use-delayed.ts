import { useEffect, useState } from 'react'

/** True once `milliseconds` have gone by: what is quick never flashes a loading line. */
export function useDelayed(milliseconds = 150): boolean {
  const [isDue, setIsDue] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setIsDue(true), milliseconds)
    return () => clearTimeout(timer)
  }, [milliseconds])
  return isDue
}
