/** From words to a place: areas, cells, known addresses, a pair of degrees. */
import { api, ask } from '@/api/client'

export interface Spot {
  lon: number
  lat: number
}

export interface FoundPlace extends Spot {
  kind: 'area' | 'cell' | 'address' | 'coordinates'
  code: string
  name: string
  address: string
}

const PAIR = /^\s*(-?\d{1,3}(?:\.\d+)?)\s*[,，\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/

/** Two numbers as a place; whoever writes the latitude first is understood where it cannot be a longitude. */
export function coordinates(text: string): Spot | null {
  const pair = PAIR.exec(text)
  if (!pair) return null
  const [first, second] = [Number(pair[1]), Number(pair[2])]
  const [lon, lat] = Math.abs(second) > 90 ? [second, first] : [first, second]
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? { lon, lat } : null
}

/** As a person reads it out: six digits are a tenth of a metre. */
export const written = ({ lon, lat }: Spot): string => `${lon.toFixed(6)}, ${lat.toFixed(6)}`

export async function findPlaces(text: string): Promise<FoundPlace[]> {
  const q = text.trim()
  const spot = coordinates(q)
  if (spot) return [{ kind: 'coordinates', code: '', name: written(spot), address: '', ...spot }]
  if (q.length < 2) return []
  const { items } = await ask(api.GET('/api/v1/places', { params: { query: { q, limit: 12 } } }))
  return items.map(({ kind, code, name, address, lon, lat }) => ({
    kind,
    code: code ?? '',
    name: name ?? '',
    address: address ?? '',
    lon,
    lat,
  }))
}
