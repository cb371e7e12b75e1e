/* The order of photos in the view that lies under the viewer: the wall lends it, the viewer walks along it. */
import type { PhotoDetail, PhotoSummary } from '@/api/client'
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

export interface Sequence {
	neighbour(id: number, step: -1 | 1): Promise<PhotoSummary | undefined>
	known(id: number): boolean
	/** The viewer left photo `id`: the focus goes there. */
	settle(id: number): void
	patch(id: number, fields: Partial<PhotoSummary>): void
	remove(id: number): void
}

export const useSequence = defineStore('sequence', () => {
	const current = shallowRef<Sequence | null>(null)

	function lend(sequence: Sequence): () => void {
		current.value = sequence
		return () => {
			if (current.value === sequence) current.value = null
		}
	}

	/** Along the page beneath where the photo is known there, else along the whole timeline. */
	async function neighbours(photo: PhotoDetail): Promise<{ previous: number | null; next: number | null }> {
		const along = current.value
		if (!along?.known(photo.id)) return { previous: photo.previous, next: photo.next }
		const [previous, next] = await Promise.all([along.neighbour(photo.id, -1), along.neighbour(photo.id, 1)])
		return { previous: previous?.id ?? null, next: next?.id ?? null }
	}

	return { current, lend, neighbours }
})
