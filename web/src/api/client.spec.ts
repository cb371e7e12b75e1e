import { afterEach, expect, it, vi } from 'vitest'
import { api, ApiError, errorOf, fillPath, onSignedOut, queryString } from './client'

afterEach(() => vi.unstubAllGlobals())

function answer(status: number, body: string, headers: Record<string, string> = {}) {
	const fake = vi.fn(async () => new Response(status === 204 ? null : body, { status, headers }))
	vi.stubGlobal('fetch', fake)
	return fake
}

it('fills paths and queries, escaped, without what is missing', () => {
	expect(fillPath('/a/{id}/b/{name}', { id: 3, name: 'x/y' })).toBe('/a/3/b/x%2Fy')
	expect(queryString({ q: 'a b&c', month: undefined, trash: 1 })).toBe('?q=a+b%26c&trash=1')
	expect(queryString({})).toBe('')
})

it('sends JSON to the address of the contract', async () => {
	const fake = answer(200, '{"fact":7}')
	expect(await api.put('/api/v1/photos/{id}/class', { path: { id: 5 }, body: { class: 'none' } })).toEqual({
		fact: 7,
	})
	const [url, init] = fake.mock.calls[0] as unknown as [string, RequestInit]
	expect([url, init.method, init.body]).toEqual(['/api/v1/photos/5/class', 'PUT', '{"class":"none"}'])
})

it('knows replies without a body', async () => {
	answer(204, '')
	expect(await api.delete('/api/v1/sessions/current')).toBeUndefined()
})

it('turns every kind of failure into an ApiError', async () => {
	answer(404, '{"error":{"code":"not_found","message":"no photo 5","request":"r1"}}')
	await expect(api.get('/api/v1/photos/{id}', { path: { id: 5 } })).rejects.toMatchObject({
		code: 'not_found',
		message: 'no photo 5',
		status: 404,
	})
	answer(502, '<html>proxy</html>')
	await expect(api.get('/api/v1/me')).rejects.toMatchObject({ code: 'internal', status: 502 })
	vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')))
	await expect(api.get('/api/v1/me')).rejects.toBeInstanceOf(ApiError)
	await expect(api.get('/api/v1/me')).rejects.toMatchObject({ code: 'network' })
	expect(errorOf(413, '').code).toBe('too_big')
	expect(errorOf(429, '{"error":{"code":"busy","message":"m","request":"r"}}', '15').retryAfter).toBe(15)
})

it('tells the session when nobody is signed in', async () => {
	const listener = vi.fn()
	onSignedOut(listener)
	answer(401, '{"error":{"code":"not_signed_in","message":"sign in first","request":"r"}}')
	await expect(api.get('/api/v1/me')).rejects.toMatchObject({ code: 'not_signed_in' })
	expect(listener).toHaveBeenCalledOnce()
})
