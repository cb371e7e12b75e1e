/* What the user can say of faces and persons. Each saying is noted by the server and offers its way back. */
import { api, ApiError, type Said } from '@/api/client'
import { useI18n } from 'vue-i18n'
import { useActivity } from '../stores/activity'
import { useToasts } from '../stores/toasts'
import { useProblem } from './useProblem'

/** Who it is: somebody known, or a name, of which a person is made when there is none. */
export type Who = { person: number } | { name: string }
export interface Box {
	x: number
	y: number
	w: number
	h: number
}

/** So many faces or facts in one request are never refused, whatever the server's setting (people.max_at_once). */
const atOnce = 1000

/** In pieces that one request can hold. */
function pieces(ids: readonly number[]): number[][] {
	const all: number[][] = []
	for (let i = 0; i < ids.length; i += atOnce) all.push(ids.slice(i, i + atOnce))
	return all
}

export function usePeopleActions() {
	const { t } = useI18n()
	const toasts = useToasts()
	const activity = useActivity()
	const { attempt } = useProblem()

	/** Takes facts back, the last ones first. */
	const undo = (facts: readonly number[]) =>
		attempt(async () => {
			for (const some of pieces(facts).reverse()) {
				await api.delete('/api/v1/people/facts', { body: { facts: some } })
			}
			toasts.show(t('people.undone'))
			activity.tellNow()
		})

	/** Says all that `work` says; null when that failed. What was said before a failure can still be undone. */
	async function say(text: (said: Said) => string, work: (() => Promise<Said>)[]): Promise<Said | null> {
		const all: Said = { facts: [], person: null, face: null }
		const done = await attempt(async () => {
			for (const step of work) {
				const said = await step()
				all.facts.push(...said.facts)
				all.person = said.person ?? all.person
				all.face = said.face ?? all.face
			}
		})
		if (all.facts.length > 0) {
			toasts.show(text(all), { action: { label: t('common.undo'), run: () => undo(all.facts) } })
		}
		activity.tellNow()
		return done ? all : null
	}

	function assign(faces: readonly number[], who: Who, name: string): Promise<Said | null> {
		const text = () => t('people.named', { name, count: faces.length }, faces.length)
		if (faces.length === 0) return Promise.resolve(null)
		// The first piece makes the person when the name is new; the others follow to whoever that is.
		let now = who
		const send = (some: number[]) => async () => {
			const said = await api.put('/api/v1/faces/person', { body: { faces: some, ...now } })
			if (said.person !== null) now = { person: said.person }
			return said
		}
		return say(text, pieces(faces).map(send))
	}

	const notPerson = (faces: readonly number[], person: number, name: string) =>
		say(
			() => t('people.notSaid', { name: name || t('people.thisPerson') }),
			pieces(faces).map((some) => () => api.put('/api/v1/faces/person', { body: { faces: some, not: person } })),
		)

	const notAFace = (faces: readonly number[]) =>
		say(
			() => t('people.notAFaceSaid', faces.length),
			pieces(faces).map((some) => () => api.post('/api/v1/faces/not-a-face', { body: { faces: some } })),
		)

	const draw = (photo: number, box: Box, who: Who | null) =>
		say(
			() => t('people.drawn'),
			[() => api.post('/api/v1/photos/{id}/faces', { path: { id: photo }, body: { ...box, ...who } })],
		)

	const change = (
		person: number,
		body: { name?: string; born?: string; hidden?: boolean; cover_face?: number },
		text: string,
	) => say(() => text, [() => api.patch('/api/v1/people/{id}', { path: { id: person }, body })])

	const hide = (people: readonly number[], hidden: boolean) =>
		say(
			() => t(hidden ? 'people.hiddenSaid' : 'people.shownSaid', people.length),
			people.map((id) => () => api.patch('/api/v1/people/{id}', { path: { id }, body: { hidden } })),
		)

	const split = (person: number, faces: readonly number[], name: string) =>
		say(
			() => t('people.splitSaid', faces.length),
			[
				() =>
					api.post('/api/v1/people/{id}/split', {
						path: { id: person },
						body: { faces: faces.slice(0, atOnce), ...(name && { name }) },
					}),
			],
		)

	/** Makes one person of several. 'together' when a photo shows two of them and `force` does not insist. */
	async function merge(into: number, from: number[], force = false): Promise<Said | 'together' | null> {
		try {
			const said = await api.post('/api/v1/people/merge', { body: { into, from, force } })
			return await say(() => t('people.mergedSaid'), [() => Promise.resolve(said)])
		} catch (cause) {
			if (cause instanceof ApiError && cause.code === 'together') return 'together'
			await attempt(() => Promise.reject(cause))
			return null
		}
	}

	return { undo, say, assign, notPerson, notAFace, draw, change, hide, split, merge }
}
