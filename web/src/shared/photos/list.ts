/* The photos of one view (timeline, album, trash, search): segments with counts first, their photos page by page when
 * they come into sight. Holds plain objects; one version counter tells the wall that something changed, so that a
 * hundred thousand photos cost no reactivity. Knows no DOM. */
import { ApiError, type PhotoPage, type PhotoSummary } from '@/api/client'
import { ref, type Ref } from 'vue'

export interface Segment {
	key: string
	/** Photos in it, as far as known. */
	count: number
	photos: PhotoSummary[]
	/** Cursor of the next page; null when all are here, undefined before the first. */
	next: string | null | undefined
	error: ApiError | null
	/** Changes with every change of the photos. */
	version: number
}

export interface PhotoSource {
	segments(signal: AbortSignal): Promise<{ key: string; count: number }[]>
	page(key: string, cursor: string | undefined, signal: AbortSignal): Promise<PhotoPage>
	/** The count is only known page by page (search). */
	open?: boolean
}

/** What is in sight: photos of segment `key` up to index `upTo` (not included). */
export interface Need {
	key: string
	upTo: number
}

const parallel = 2
export const pageSize = 200

export class PhotoList {
	readonly version: Ref<number> = ref(0)
	readonly loaded: Ref<boolean> = ref(false)
	readonly error: Ref<ApiError | null> = ref(null)
	segments: Segment[] = []
	private places = new Map<number, Segment>()
	private needs: Need[] = []
	private running = new Map<string, AbortController>()
	private closed = new AbortController()

	constructor(private readonly source: PhotoSource) {}

	get total(): number {
		return this.segments.reduce((sum, s) => sum + s.count, 0)
	}

	/** Reads the segments; photos that are here already stay until newer ones have come. */
	async refresh(): Promise<void> {
		let found: { key: string; count: number }[]
		try {
			found = await this.source.segments(this.closed.signal)
		} catch (cause) {
			if (isAborted(cause)) return
			this.error.value = cause as ApiError
			this.loaded.value = true
			return
		}
		const before = new Map(this.segments.map((s) => [s.key, s]))
		this.segments = found.map(({ key, count }) => before.get(key) ?? fresh(key, count))
		const stale: Segment[] = []
		for (const { key, count } of found) {
			const segment = this.segment(key)
			if (!segment || !before.has(key)) continue
			const unfinished = segment.photos.some((p) => p.state === 'waiting')
			if (this.source.open || count !== segment.count || unfinished) stale.push(segment)
			if (!this.source.open) segment.count = count
		}
		this.error.value = null
		this.loaded.value = true
		this.index()
		this.changed()
		await Promise.all(stale.filter((s) => s.next !== undefined).map((s) => this.reload(s)))
		this.pump()
	}

	close(): void {
		this.closed.abort()
		for (const controller of this.running.values()) controller.abort()
	}

	segment(key: string): Segment | undefined {
		return this.segments.find((s) => s.key === key)
	}

	photo(id: number): PhotoSummary | undefined {
		return this.places.get(id)?.photos.find((p) => p.id === id)
	}

	place(id: number): { segment: Segment; index: number } | undefined {
		const segment = this.places.get(id)
		return segment && { segment, index: segment.photos.findIndex((p) => p.id === id) }
	}

	/** Says what is in sight, nearest first. What is no longer needed is not loaded to the end. */
	need(needs: Need[]): void {
		this.needs = needs
		for (const [key, controller] of this.running) {
			if (!needs.some((n) => n.key === key)) controller.abort()
		}
		this.pump()
	}

	retry(key: string): void {
		const segment = this.segment(key)
		if (segment) segment.error = null
		this.pump()
	}

	/** Loads until photo `index` of the segment is here; undefined when there is none. */
	async photoAt(segmentIndex: number, index: number): Promise<PhotoSummary | undefined> {
		const segment = this.segments[segmentIndex]
		if (!segment) return undefined
		const wanted = () => (index < 0 ? segment.count : index + 1)
		while (segment.photos.length < wanted() && segment.next !== null) {
			if (!(await this.load(segment))) return undefined
		}
		return segment.photos.at(index)
	}

	/** The photo before (-1) or behind (+1) in this view. */
	async neighbour(id: number, step: -1 | 1): Promise<PhotoSummary | undefined> {
		const here = this.place(id)
		if (!here) return undefined
		const segmentIndex = this.segments.indexOf(here.segment)
		const index = here.index + step
		if (index < 0) return segmentIndex > 0 ? this.photoAt(segmentIndex - 1, -1) : undefined
		return (await this.photoAt(segmentIndex, index)) ?? this.photoAt(segmentIndex + 1, 0)
	}

	/** Takes photos out of the view at once; the server has done it already. */
	remove(ids: Iterable<number>): void {
		const gone = new Set(ids)
		for (const segment of new Set([...gone].map((id) => this.places.get(id)))) {
			if (!segment) continue
			const kept = segment.photos.filter((p) => !gone.has(p.id))
			segment.count -= segment.photos.length - kept.length
			segment.photos = kept
			segment.version++
		}
		this.segments = this.segments.filter((s) => s.count > 0)
		this.index()
		this.changed()
	}

	patch(id: number, fields: Partial<PhotoSummary>): void {
		const here = this.place(id)
		const photo = here?.segment.photos[here.index]
		if (!here || !photo) return
		here.segment.photos[here.index] = { ...photo, ...fields }
		here.segment.version++
		this.changed()
	}

	private pump(): void {
		for (const { key, upTo } of this.needs) {
			if (this.running.size >= parallel) return
			const segment = this.segment(key)
			if (!segment || segment.error || segment.next === null || this.running.has(key)) continue
			if (segment.photos.length < Math.min(upTo, segment.count)) void this.load(segment).then(() => this.pump())
		}
	}

	private async load(segment: Segment): Promise<boolean> {
		const controller = new AbortController()
		this.running.set(segment.key, controller)
		try {
			const cursor = segment.next ?? undefined
			const page = await this.source.page(segment.key, cursor, controller.signal)
			if ((segment.next ?? undefined) !== cursor) return true
			this.take(segment, [...segment.photos, ...page.photos], page.next)
			return true
		} catch (cause) {
			if (isAborted(cause)) return false
			segment.error = cause as ApiError
			this.changed()
			return false
		} finally {
			if (this.running.get(segment.key) === controller) this.running.delete(segment.key)
		}
	}

	/** Reads a segment anew, as far as it was here, and swaps it in one go. */
	private async reload(segment: Segment): Promise<void> {
		const wanted = Math.max(segment.photos.length, 1)
		const photos: PhotoSummary[] = []
		let next: string | null = null
		try {
			do {
				const page: PhotoPage = await this.source.page(segment.key, next ?? undefined, this.closed.signal)
				photos.push(...page.photos)
				next = page.next
			} while (next !== null && photos.length < wanted)
		} catch (cause) {
			if (!isAborted(cause)) segment.error = cause as ApiError
			return
		}
		this.take(segment, photos, next)
	}

	private take(segment: Segment, photos: PhotoSummary[], next: string | null): void {
		segment.photos = photos
		segment.next = next
		segment.error = null
		if (next === null) segment.count = photos.length
		else if (this.source.open) segment.count = photos.length + pageSize / 4
		segment.version++
		this.index(segment)
		this.changed()
	}

	private index(only?: Segment): void {
		if (!only) this.places.clear()
		for (const segment of only ? [only] : this.segments) {
			for (const photo of segment.photos) this.places.set(photo.id, segment)
		}
	}

	private changed(): void {
		this.version.value++
	}
}

const fresh = (key: string, count: number): Segment => ({
	key,
	count,
	photos: [],
	next: undefined,
	error: null,
	version: 0,
})

const isAborted = (cause: unknown) => cause instanceof ApiError && cause.code === 'aborted'
