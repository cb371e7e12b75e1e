/* Zoom and position of a picture in its frame. Pure: everything is about the frame's middle. */

export interface View {
	scale: number
	x: number
	y: number
}

export const fitted: View = { scale: 1, x: 0, y: 0 }
export const maxScale = 8

export interface Frame {
	/** Size of the frame and of the picture as it is shown at scale 1. */
	width: number
	height: number
	pictureWidth: number
	pictureHeight: number
}

/** Keeps the picture's edges at or outside the frame's, and a smaller picture in the middle. */
export function clamp(view: View, frame: Frame): View {
	const scale = Math.min(maxScale, Math.max(1, view.scale))
	const roomX = Math.max(0, (frame.pictureWidth * scale - frame.width) / 2)
	const roomY = Math.max(0, (frame.pictureHeight * scale - frame.height) / 2)
	return {
		scale,
		x: Math.min(roomX, Math.max(-roomX, view.x)) + 0,
		y: Math.min(roomY, Math.max(-roomY, view.y)) + 0,
	}
}

/** Zooms by `factor`; the point at (px, py) from the middle stays where it is. */
export function zoomAt(view: View, factor: number, px: number, py: number, frame: Frame): View {
	const scale = Math.min(maxScale, Math.max(1, view.scale * factor))
	const real = scale / view.scale
	return clamp({ scale, x: px - (px - view.x) * real, y: py - (py - view.y) * real }, frame)
}

export type Swipe = 'previous' | 'next' | 'close' | null

/** What a finger meant that moved by (dx, dy) in `ms`. */
export function swipeOf(dx: number, dy: number, ms: number): Swipe {
	const quick = ms < 350
	if (Math.abs(dx) > Math.abs(dy) * 1.3 && Math.abs(dx) > (quick ? 40 : 110)) return dx < 0 ? 'next' : 'previous'
	if (dy > Math.abs(dx) * 1.3 && dy > (quick ? 60 : 150)) return 'close'
	return null
}
