/** The colours of charts: a light theme for desks, a dark one for the large screen. */
import type {
  BarSeriesOption,
  ComposeOption,
  GridComponentOption,
  LegendComponentOption,
  LineSeriesOption,
  PieSeriesOption,
  TooltipComponentOption,
} from 'echarts'

export type ChartOption = ComposeOption<
  | BarSeriesOption
  | LineSeriesOption
  | PieSeriesOption
  | GridComponentOption
  | LegendComponentOption
  | TooltipComponentOption
>

export interface ChartTheme {
  ink: string
  quiet: string
  line: string
  ground: string
  series: string[]
}

const LIGHT: ChartTheme = {
  ink: '#1d2129',
  quiet: '#565f6e',
  line: '#dfe3ea',
  ground: '#ffffff',
  series: [
    ...['#0b5cad', '#1c8a4b', '#c77700', '#b71d18'],
    ...['#6b3fa0', '#0f7f8c', '#8a5a00', '#5f6b7c', '#a83279', '#3d6b1f'],
  ],
}

const DARK: ChartTheme = {
  ink: '#e6f0fb',
  quiet: '#9db4d0',
  line: '#1d3a5f',
  ground: '#0d1b30',
  series: [
    ...['#4da3ff', '#4ade95', '#ffc24d', '#ff7b72'],
    ...['#b58cff', '#3fd0dc', '#f2955c', '#93a5bd', '#ff8fc7', '#a8d65c'],
  ],
}

export const chartTheme = (dark: boolean): ChartTheme => (dark ? DARK : LIGHT)
