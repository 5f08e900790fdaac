/** Which cases are ticked; a tick with Shift goes on from the one before. */
import { computed, shallowRef, type Ref } from 'vue'

import type { Incident } from '@/pages/queue/cases'

export function useTicks(items: Ref<Incident[]>) {
  const selected = shallowRef(new Set<string>())
  let last = 0
  const ticked = computed(() => items.value.filter(({ id }) => selected.value.has(id)))

  function tick(index: number, range: boolean): void {
    const row = items.value[index]
    if (!row) return
    const next = new Set(selected.value)
    const on = !next.has(row.id)
    const [from, to] = range ? [Math.min(last, index), Math.max(last, index)] : [index, index]
    for (const { id } of items.value.slice(from, to + 1)) {
      if (on) next.add(id)
      else next.delete(id)
    }
    last = index
    selected.value = next
  }

  const all = (on: boolean) => (selected.value = new Set(on ? items.value.map(({ id }) => id) : []))
  const clear = () => (selected.value = new Set())
  const drop = (ids: string[]) =>
    (selected.value = new Set([...selected.value].filter((id) => !ids.includes(id))))

  return { selected, ticked, tick, all, clear, drop }
}
