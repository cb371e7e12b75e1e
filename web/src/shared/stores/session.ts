/* Who is signed in, and whether the server still waits for its owner. */
import { api, ApiError, onSignedOut, type Me } from '@/api/client'
import { defineStore } from 'pinia'
import { ref } from 'vue'

export const useSession = defineStore('session', () => {
	const me = ref<Me | null>(null)
	const needsOwner = ref(false)
	const known = ref(false)

	/** Asks the server once; later calls return what is known. */
	async function load(): Promise<void> {
		if (known.value) return
		const setup = await api.get('/api/v1/setup')
		needsOwner.value = setup.needs_owner
		if (!setup.needs_owner) {
			try {
				me.value = await api.get('/api/v1/me')
			} catch (cause) {
				if (!(cause instanceof ApiError) || cause.code !== 'not_signed_in') throw cause
			}
		}
		known.value = true
	}

	async function createOwner(name: string, password: string): Promise<void> {
		me.value = await api.post('/api/v1/setup', { body: { name, password } })
		needsOwner.value = false
	}

	async function signIn(name: string, password: string): Promise<void> {
		me.value = await api.post('/api/v1/sessions', { body: { name, password } })
	}

	async function signOut(): Promise<void> {
		await api.delete('/api/v1/sessions/current')
		me.value = null
	}

	onSignedOut(() => {
		me.value = null
	})

	return { me, needsOwner, known, load, createOwner, signIn, signOut }
})
