/** Who owns which class in which area as a whole: the ranking of decision 0022, for tables. */
import type { Schemas } from '@/api/client'

export type Owner = Schemas['OwnerOut']
type Area = Pick<Schemas['app__grids__schemas__AreaOut'], 'code' | 'path'>

export interface Square {
  /** The best-ranked rules: one is the owner, several are too many, none is a gap. */
  owners: Owner[]
  /** Rules for a part of the area only: cells, areas below, drawn areas. */
  exceptions: Owner[]
}

export const holder = ({ unit, account, role }: Owner): string =>
  unit?.id ?? account?.id ?? role ?? ''

const bears = (owner: Owner, code: string): boolean => code.startsWith(owner.category ?? '')

/** How narrow its place is, seen from the area; -1 if it is a part of the area, or elsewhere. */
function rank(owner: Owner, { path }: Area): number {
  if (owner.area) return -1
  return owner.place === null ? 0 : path.indexOf(owner.place) + 1 || -1
}

/** Codes of cells and areas below begin with the code of their area where codes are national. */
const within = (owner: Owner, area: Area): boolean =>
  owner.area !== null || (owner.place !== null && owner.place.startsWith(area.code))

export function square(owners: Owner[], code: string, area: Area): Square {
  const bearing = owners.filter((owner) => bears(owner, code))
  const whole = bearing.filter((owner) => rank(owner, area) >= 0)
  const order = (owner: Owner): number => (owner.category?.length ?? 0) * 100 + rank(owner, area)
  const best = Math.max(...whole.map(order))
  const found = new Map<string, Owner>()
  for (const owner of whole)
    if (order(owner) === best && !found.has(holder(owner))) found.set(holder(owner), owner)
  return {
    owners: [...found.values()],
    exceptions: bearing.filter((owner) => rank(owner, area) < 0 && within(owner, area)),
  }
}

/** A big class has an owner if all its classes have the same; else null. */
export function together(squares: Square[]): Square | null {
  const [first] = squares
  const key = ({ owners }: Square): string => owners.map(holder).sort().join()
  if (!first || squares.some((one) => key(one) !== key(first))) return null
  const exceptions = new Set(squares.flatMap((one) => one.exceptions))
  return { owners: first.owners, exceptions: [...exceptions] }
}
