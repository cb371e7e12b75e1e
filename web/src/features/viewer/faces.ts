/* Faces of the photo in the viewer: whether boxes are shown, which one is chosen, a new one being drawn. */
import type { Face, PhotoDetail } from '@/api/client'
import { usePeopleActions, type Box, type Who } from '@/shared/composables/usePeopleActions'
import { keep, kept } from '@/shared/util/kept'
import { computed, ref, watch, type Ref } from 'vue'

/** The box between two corners, inside the picture; null when it is too small to be meant. */
export function boxBetween(a: { x: number; y: number }, b: { x: number; y: number }): Box | null {
	const clip = (v: number) => Math.min(1, Math.max(0, v))
	const [left, right] = [clip(Math.min(a.x, b.x)), clip(Math.max(a.x, b.x))]
	const [top, bottom] = [clip(Math.min(a.y, b.y)), clip(Math.max(a.y, b.y))]
	const least = 0.008
	return right - left < least || bottom - top < least ? null : { x: left, y: top, w: right - left, h: bottom - top }
}

/** Moves a box, or with `resize` its lower right corner, and keeps it inside the picture. */
export function nudge(box: Box, dx: number, dy: number, resize: boolean): Box {
	const within = (v: number, low: number, high: number) => Math.min(high, Math.max(low, v))
	if (resize) {
		return { ...box, w: within(box.w + dx, 0.02, 1 - box.x), h: within(box.h + dy, 0.02, 1 - box.y) }
	}
	return { ...box, x: within(box.x + dx, 0, 1 - box.w), y: within(box.y + dy, 0, 1 - box.h) }
}

export function useFaces(photo: Ref<PhotoDetail | null>, reload: () => Promise<void>) {
	const actions = usePeopleActions()
	const shown = ref(kept('faces') === 'shown')
	const chosen = ref<number | null>(null)
	/** While a face is drawn: its frame so far. */
	const drawing = ref(false)
	const fresh = ref<Box | null>(null)
	const busy = ref(false)
	const faces = computed<Face[]>(() => photo.value?.faces ?? [])
	const face = computed(() => faces.value.find((f) => f.id === chosen.value) ?? null)

	function close(): void {
		chosen.value = null
		fresh.value = null
		drawing.value = false
	}
	watch(() => photo.value?.id, close)

	function toggle(): void {
		shown.value = !shown.value
		keep('faces', shown.value ? 'shown' : 'hidden')
		if (!shown.value) close()
	}
	function choose(id: number): void {
		drawing.value = false
		fresh.value = null
		chosen.value = id
	}
	function draw(): void {
		const begin = !drawing.value
		close()
		drawing.value = begin
	}

	/** The frame of the new face stands (or, with null, is drawn anew). */
	const frame = (box: Box | null) => {
		fresh.value = box
	}

	async function run(work: () => Promise<unknown>): Promise<void> {
		if (busy.value) return
		busy.value = true
		const done = await work()
		busy.value = false
		if (done) close()
		await reload()
	}
	const name = (who: Who, text: string) => {
		const [about, box, on] = [face.value, fresh.value, photo.value]
		if (about) return run(() => actions.assign([about.id], who, text))
		if (box && on) return run(() => actions.draw(on.id, box, who))
	}
	const addUnnamed = () => {
		const [box, on] = [fresh.value, photo.value]
		if (box && on) return run(() => actions.draw(on.id, box, null))
	}
	const notThem = () => {
		const about = face.value
		const person = about?.person
		if (about && person) return run(() => actions.notPerson([about.id], person, about.name ?? ''))
	}
	const notAFace = () => {
		const about = face.value
		if (about) return run(() => actions.notAFace([about.id]))
	}

	return {
		shown,
		chosen,
		drawing,
		fresh,
		busy,
		faces,
		face,
		close,
		toggle,
		choose,
		draw,
		frame,
		name,
		addUnnamed,
		notThem,
		notAFace,
	}
}

export type Faces = ReturnType<typeof useFaces>
