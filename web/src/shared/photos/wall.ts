/* Where everything on the photo wall lies: segments one below the other, each a heading and its rows; what is not
 * loaded yet is estimated. Pure but for its cache. */
import type { PhotoList, Need, Segment } from './list'
import { aspectOf, estimateHeight, justify, lastAtOrAbove, type LayoutOptions, type Row } from './layout'

export interface Box {
	segment: Segment
	top: number
	/** Heading included. */
	height: number
	heading: number
	rows: Row[]
	/** Height of the rows that are here; below lies an estimate for the rest. */
	rowsHeight: number
	/** The rows count from here for segments that are not complete. */
	version: number
}

export interface Span {
	box: Box
	from: number
	to: number
}

export const segmentSpace = 20

export class WallGeometry {
	boxes: Box[] = []
	height = 0
	private cache = new Map<string, Box>()
	private options: LayoutOptions = { width: 0, gap: 4, target: 190 }

	update(list: PhotoList, options: LayoutOptions, heading: number): void {
		if (options.width !== this.options.width || options.target !== this.options.target) this.cache.clear()
		this.options = options
		let top = 0
		const cache = new Map<string, Box>()
		this.boxes = list.segments.map((segment) => {
			const box = this.box(segment, top, heading)
			cache.set(segment.key, box)
			top += box.height + segmentSpace
			return box
		})
		this.cache = cache
		this.height = Math.max(0, top - segmentSpace)
	}

	private box(segment: Segment, top: number, heading: number): Box {
		const old = this.cache.get(segment.key)
		const same = old && old.segment === segment && old.version === segment.version
		const rows = same ? old.rows : justify(segment.photos.map(aspectOf), this.options)
		const last = rows.at(-1)
		const rowsHeight = last ? last.top + last.height : 0
		const rest = segment.next === null ? 0 : estimateHeight(segment.count - segment.photos.length, this.options)
		const height = heading + Math.max(rowsHeight + rest, segment.error ? this.options.target : 0)
		return { segment, top, height, heading, rows, rowsHeight, version: segment.version }
	}

	/** The box that covers `y`. */
	boxAt(y: number): Box | undefined {
		return this.boxes[lastAtOrAbove(this.boxes, y)]
	}

	/** The rows between `from` and `to`, box by box. */
	visible(from: number, to: number): Span[] {
		const spans: Span[] = []
		for (let i = lastAtOrAbove(this.boxes, from); i < this.boxes.length; i++) {
			const box = this.boxes[i]
			if (!box || box.top > to) break
			if (box.top + box.height < from) continue
			const inside = from - box.top - box.heading
			let row = lastAtOrAbove(box.rows, inside)
			const start = row
			while (row < box.rows.length && (box.rows[row]?.top ?? 0) <= to - box.top - box.heading) row++
			spans.push({ box, from: start, to: row })
		}
		return spans
	}

	/** What has to be loaded to show everything between `from` and `to`. */
	needs(from: number, to: number): Need[] {
		return this.visible(from, to).map(({ box }) => {
			const hidden = to - box.top - box.heading - box.rowsHeight
			const perRow = (this.options.width + this.options.gap) / (this.options.target * 1.34 + this.options.gap)
			const more = Math.ceil((hidden / (this.options.target + this.options.gap) + 1) * perRow)
			return { key: box.segment.key, upTo: box.segment.photos.length + Math.max(0, more) }
		})
	}

	/** Top and height of the row that holds photo `index` of the segment. */
	rowOf(key: string, index: number): { box: Box; row: Row; rowIndex: number; top: number } | undefined {
		const box = this.cache.get(key)
		const rowIndex = box?.rows.findIndex((r) => index >= r.from && index < r.to) ?? -1
		const row = box?.rows[rowIndex]
		return box && row ? { box, row, rowIndex, top: box.top + box.heading + row.top } : undefined
	}
}
