/** The colours of maps: a light one for desks, a dark one for the large screen. */
export interface Palette {
  ground: string
  area: string
  border: string
  cell: string
  ink: string
  halo: string
  brand: string
  cluster: string
  count: string
  light: Record<'red' | 'yellow' | 'green' | 'none', string>
  /** From few to many. */
  steps: [string, string, string, string, string]
}

const LIGHT: Palette = {
  ground: '#e8ecf1',
  area: '#ffffff',
  border: '#7d8da3',
  cell: '#c3ccd8',
  ink: '#303846',
  halo: '#ffffff',
  brand: '#0b5cad',
  cluster: '#0b4a8b',
  count: '#ffffff',
  light: { red: '#c4201a', yellow: '#d98a00', green: '#1c8a4b', none: '#5f6b7c' },
  steps: ['#eaf1f9', '#bfd6ee', '#84b1de', '#3f7dbe', '#0b4a8b'],
}

const DARK: Palette = {
  ground: '#081120',
  area: '#0f1f38',
  border: '#3f6ea5',
  cell: '#21385a',
  ink: '#d7e5f7',
  halo: '#081120',
  brand: '#4da3ff',
  cluster: '#86c1ff',
  count: '#081120',
  light: { red: '#ff5b52', yellow: '#ffb938', green: '#3ddc84', none: '#93a5bd' },
  steps: ['#12294a', '#1b447a', '#2565ad', '#3f8de0', '#86c1ff'],
}

export const palette = (dark: boolean): Palette => (dark ? DARK : LIGHT)

/** Limits of five classes, so that each holds about as many of the values. */
export function classes(values: number[]): number[] {
  const sorted = [...new Set(values.filter((n) => n > 0))].sort((a, b) => a - b)
  const limits = [0.2, 0.4, 0.6, 0.8].map(
    (share) => sorted[Math.floor(share * sorted.length)] ?? Infinity,
  )
  return [...new Set(limits.filter((n) => n < Infinity))]
}
