/** Which panels stand where: all at once on a wall, page by page where there is less room. */
import { useIntervalFn, usePreferredReducedMotion, useWindowSize } from '@vueuse/core'
import { computed, ref, watch, type MaybeRefOrGetter, toValue } from 'vue'

export type PanelName =
  | 'today'
  | 'rates'
  | 'sources'
  | 'hours'
  | 'days'
  | 'classes'
  | 'areas'
  | 'units'
  | 'overdue'
  | 'latest'

/** Panels one below another, for each page; a column with one page stands still. */
export type Column = PanelName[][]

interface Layout {
  name: 'wall' | 'desk' | 'small'
  left: Column[]
  right: Column[]
}

const WALL: Layout = {
  name: 'wall',
  left: [[['today', 'rates']], [['sources', 'hours', 'days']]],
  right: [[['units', 'classes']], [['areas', 'overdue', 'latest']]],
}
const DESK: Layout = {
  name: 'desk',
  left: [
    [
      ['today', 'rates'],
      ['sources', 'hours', 'days'],
    ],
  ],
  right: [
    [
      ['units', 'overdue'],
      ['classes', 'latest'],
      ['areas', 'overdue'],
    ],
  ],
}
const SMALL: Layout = {
  name: 'small',
  left: [],
  right: [
    [
      ['today', 'rates'],
      ['units', 'classes'],
      ['overdue', 'latest'],
      ['sources', 'hours'],
      ['days', 'areas'],
    ],
  ],
}

export function useLayout() {
  const { width, height } = useWindowSize()
  const layout = computed(() => {
    if (width.value >= 2.4 * height.value && width.value >= 2400) return WALL
    return width.value >= 1700 ? DESK : SMALL
  })
  /** How large a pixel of a 1920×1080 design is here. */
  const unit = computed(() => Math.max(0.8, Math.min(width.value / 1920, height.value / 1080)))
  const pages = computed(() =>
    Math.max(...[...layout.value.left, ...layout.value.right].map((column) => column.length)),
  )
  return { layout, unit, pages }
}

/** Turns the pages; stands still while somebody looks closer, or prefers that nothing moves. */
export function useRotation(
  pages: MaybeRefOrGetter<number>,
  seconds: MaybeRefOrGetter<number>,
  held: MaybeRefOrGetter<boolean>,
) {
  const page = ref(0)
  const motion = usePreferredReducedMotion()
  const turns = computed(
    () => toValue(pages) > 1 && toValue(seconds) > 0 && !toValue(held) && motion.value !== 'reduce',
  )
  const { pause, resume } = useIntervalFn(
    () => (page.value = (page.value + 1) % toValue(pages)),
    computed(() => Math.max(3, toValue(seconds)) * 1000),
    { immediate: false },
  )
  watch(turns, (now) => (now ? resume() : pause()), { immediate: true })
  watch(
    () => toValue(pages),
    () => (page.value = 0),
  )
  return { page, turns }
}
