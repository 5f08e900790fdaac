/** Marks on the map, drawn here: a light has a shape of its own, so nobody needs its colour. */
import type { Map as MapLibre } from 'maplibre-gl'

import type { Palette } from '@/map/colours'

const SIZE = 22
const SCALE = 2

type Draw = (pen: CanvasRenderingContext2D) => void

const SHAPES: Record<keyof Palette['light'], Draw> = {
  green: (pen) => pen.arc(11, 11, 7, 0, Math.PI * 2),
  yellow: (pen) => corners(pen, [11, 2.5], [19.5, 18], [2.5, 18]),
  red: (pen) => pen.rect(4.5, 4.5, 13, 13),
  none: (pen) => corners(pen, [11, 3], [19, 11], [11, 19], [3, 11]),
}

function corners(pen: CanvasRenderingContext2D, ...points: [number, number][]): void {
  points.forEach(([x, y], n) => (n ? pen.lineTo(x, y) : pen.moveTo(x, y)))
  pen.closePath()
}

function drawn(fill: string, edge: string, shape: Draw): ImageData {
  const canvas = new OffscreenCanvas(SIZE * SCALE, SIZE * SCALE)
  const pen = canvas.getContext('2d') as unknown as CanvasRenderingContext2D
  pen.scale(SCALE, SCALE)
  pen.beginPath()
  shape(pen)
  pen.closePath()
  pen.fillStyle = fill
  pen.strokeStyle = edge
  pen.lineWidth = 2
  pen.lineJoin = 'round'
  pen.fill()
  pen.stroke()
  return pen.getImageData(0, 0, SIZE * SCALE, SIZE * SCALE)
}

/** A head and shoulders. */
const PERSON: Draw = (pen) => {
  pen.arc(11, 7, 4, 0, Math.PI * 2)
  pen.moveTo(3.5, 19)
  pen.bezierCurveTo(3.5, 9.5, 18.5, 9.5, 18.5, 19)
  pen.closePath()
}

export function addMarks(map: MapLibre, { light, brand, halo }: Palette): void {
  const options = { pixelRatio: SCALE }
  for (const [name, shape] of Object.entries(SHAPES) as [keyof Palette['light'], Draw][])
    map.addImage(`case-${name}`, drawn(light[name], halo, shape), options)
  map.addImage('person', drawn(brand, halo, PERSON), options)
}

/** The same shapes for legends, as text. */
export const SIGNS = { green: '●', yellow: '▲', red: '■', none: '◆' } as const
