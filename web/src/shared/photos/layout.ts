/* The geometry of the photo wall: rows of equal width, each as high as its photos' shapes ask for. Pure. */

export interface Row {
	/** Index of the row's first photo in its segment, and of the one behind its last. */
	from: number
	to: number
	top: number
	height: number
	/** Left edge and width of each photo, whole pixels. */
	lefts: number[]
	widths: number[]
}

export interface LayoutOptions {
	width: number
	gap: number
	/** Rows aim at this height; one that is not full keeps it. */
	target: number
}

export const unknownAspect = 4 / 3
const widest = 3.2
const narrowest = 0.5

/** Width by height, within what a row can show well; photos of unknown shape count as 4:3. */
export function aspectOf(photo: { width: number | null; height: number | null }): number {
	if (!photo.width || !photo.height) return unknownAspect
	return Math.min(widest, Math.max(narrowest, photo.width / photo.height))
}

/** Breaks `aspects` into rows. The last row of a segment is not stretched. */
export function justify(aspects: readonly number[], { width, gap, target }: LayoutOptions): Row[] {
	const rows: Row[] = []
	let from = 0
	let sum = 0
	let top = 0

	const close = (to: number, full: boolean) => {
		const space = width - gap * (to - from - 1)
		const exact = space / sum
		const height = Math.max(1, Math.round(full ? exact : Math.min(target, exact)))
		const row: Row = { from, to, top, height, lefts: [], widths: [] }
		let x = 0
		for (let i = from; i < to; i++) {
			// Each edge is rounded by itself, so that a full row ends exactly at the right edge.
			const share = (aspects[i] ?? unknownAspect) * (full ? exact : height)
			const left = Math.round(x)
			const right = full && i === to - 1 ? width : Math.round(x + share)
			row.lefts.push(left)
			row.widths.push(Math.max(1, right - left))
			x += share + gap
		}
		rows.push(row)
		top += height + gap
		from = to
		sum = 0
	}

	for (let i = 0; i < aspects.length; i++) {
		const aspect = aspects[i] ?? unknownAspect
		// Breaking before this photo may come nearer to the wanted height than breaking behind it.
		const before = sum > 0 ? (width - gap * (i - from - 1)) / sum : Infinity
		const after = (width - gap * (i - from)) / (sum + aspect)
		if (after < target && before - target < target - after && before !== Infinity) {
			close(i, true)
			sum = aspect
		} else {
			sum += aspect
			if (after <= target) close(i + 1, true)
		}
	}
	if (from < aspects.length) close(aspects.length, false)
	return rows
}

/** How high `count` photos of unknown shapes will be, about. */
export function estimateHeight(count: number, { width, gap, target }: LayoutOptions): number {
	if (count <= 0) return 0
	const perRow = Math.max(1, (width + gap) / (unknownAspect * target + gap))
	return Math.ceil(count / perRow) * (target + gap)
}

/** Index of the last item whose `top` is not below `y`; tops ascend. 0 for an empty list. */
export function lastAtOrAbove(items: readonly { top: number }[], y: number): number {
	let low = 0
	let high = items.length - 1
	while (low < high) {
		const middle = (low + high + 1) >> 1
		if ((items[middle]?.top ?? 0) <= y) low = middle
		else high = middle - 1
	}
	return Math.max(0, low)
}

/** The height that rows aim at, by the room there is. */
export function targetHeight(width: number): number {
	if (width < 480) return 112
	if (width < 900) return 150
	return 190
}

/** The photo of `row` whose middle is nearest to `x`: where the arrow keys go up and down. */
export function nearestInRow(row: Row, x: number): number {
	let best = row.from
	let distance = Infinity
	row.lefts.forEach((left, i) => {
		const d = Math.abs(left + (row.widths[i] ?? 0) / 2 - x)
		if (d < distance) {
			distance = d
			best = row.from + i
		}
	})
	return best
}
