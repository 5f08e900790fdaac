/** The list from which a case was opened: the way back, and the cases before and after it. */
import { useSessionStorage } from '@vueuse/core'

interface Context {
  path: string
  ids: string[]
  /** The case that was opened. */
  here: string
}

export const context = useSessionStorage<Context>('wangge.list', {
  path: '/queues',
  ids: [],
  here: '',
})

const MOST = 2000

export function leave(path: string, ids: string[], here: string): void {
  context.value = { path, ids: ids.slice(0, MOST), here }
}

/** The case so many places on in the list, if there is one. */
export function beside(id: string, steps: number): string | undefined {
  const at = context.value.ids.indexOf(id)
  return at < 0 ? undefined : context.value.ids[at + steps]
}
