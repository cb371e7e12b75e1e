/* The only way to the server. Paths, parameters and bodies are checked against the types generated from the contract;
 * whatever goes wrong arrives as one ApiError. */
import type { components, paths } from './schema'

export type Schemas = components['schemas']
export type PhotoSummary = Schemas['PhotoSummary']
export type PhotoDetail = Schemas['PhotoDetail']
export type PhotoPage = Schemas['PhotoPage']
export type PhotoClass = Schemas['Class']
export type ClassOrNone = Schemas['ClassOrNone']
export type Me = Schemas['Me']
export type User = Schemas['User']
export type Album = Schemas['Album']
export type OwnClass = Schemas['OwnClass']
export type SmartAlbum = Schemas['SmartAlbum']
export type Progress = Schemas['Progress']
export type AsideJob = Schemas['AsideJob']
export type About = Schemas['About']
export type Learning = Schemas['Learning']
export type Person = Schemas['Person']
export type PersonDetail = Schemas['PersonDetail']
export type Face = Schemas['Face']
export type FacePage = Schemas['FacePage']
export type Said = Schemas['Said']
export type Question = Schemas['Question']
export type Measured = Schemas['Measured']
export type UploadResult = Schemas['UploadResult']
export type ErrorCode = Schemas['Error']['error']['code'] | 'network' | 'aborted'

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type Upper<M extends Method> = Uppercase<M>
type Op<P extends keyof paths, M extends Method> = paths[P] extends Record<M, infer O> ? O : never
type PathParams<O> = O extends { parameters: { path: infer V } } ? { path: V } : { path?: undefined }
type QueryParams<O> = O extends { parameters: { query?: infer V } } ? { query?: V } : { query?: undefined }
type JsonBody<O> = O extends { requestBody: { content: { 'application/json': infer B } } }
	? { body: B }
	: O extends { requestBody?: { content: { 'application/json': infer B } } }
		? { body?: B }
		: { body?: undefined }
type Options<O> = PathParams<O> & QueryParams<O> & JsonBody<O> & { signal?: AbortSignal }
type Content<R> = R extends { content: { 'application/json': infer T } } ? T : never
type Reply<O> = O extends { responses: infer R }
	? R extends { 200: infer A }
		? Content<A>
		: R extends { 201: infer B }
			? Content<B>
			: undefined
	: never
type WithMethod<M extends Method> = {
	[P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never
}[keyof paths]
type Args<O> = Record<string, never> extends Options<O> ? [options?: Options<O>] : [options: Options<O>]

export class ApiError extends Error {
	constructor(
		readonly code: ErrorCode,
		message: string,
		readonly status: number,
		readonly retryAfter: number | null = null,
	) {
		super(message)
		this.name = 'ApiError'
	}
}

type Listener = () => void
let signedOut: Listener = () => {}

/** Called whenever the server says that nobody is signed in. One listener: the app's session. */
export function onSignedOut(listener: Listener): void {
	signedOut = listener
}

export function fillPath(path: string, values: Record<string, unknown> = {}): string {
	return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])))
}

export function queryString(values: Record<string, unknown> = {}): string {
	const query = new URLSearchParams()
	for (const [name, value] of Object.entries(values)) {
		if (value !== undefined && value !== null) query.set(name, String(value))
	}
	const text = query.toString()
	return text ? `?${text}` : ''
}

/** Reads the error of a reply; also of one that some proxy made and that is not JSON. */
export function errorOf(status: number, text: string, retryAfter: string | null = null): ApiError {
	const seconds = retryAfter === null || Number.isNaN(Number(retryAfter)) ? null : Number(retryAfter)
	try {
		const { error } = JSON.parse(text) as Schemas['Error']
		return new ApiError(error.code, error.message, status, seconds)
	} catch {
		return new ApiError(status === 413 ? 'too_big' : 'internal', `HTTP ${status}`, status, seconds)
	}
}

export function reportSignedOut(error: ApiError): void {
	if (error.code === 'not_signed_in') signedOut()
}

interface RawOptions {
	path?: Record<string, unknown> | undefined
	query?: Record<string, unknown> | undefined
	body?: unknown
	signal?: AbortSignal
}

async function request(method: string, path: string, options: RawOptions = {}): Promise<unknown> {
	const init: RequestInit = { method, credentials: 'same-origin', headers: { Accept: 'application/json' } }
	if (options.signal) init.signal = options.signal
	if (options.body !== undefined) {
		init.headers = { ...init.headers, 'Content-Type': 'application/json' }
		init.body = JSON.stringify(options.body)
	}
	let reply: Response
	let text: string
	try {
		reply = await fetch(fillPath(path, options.path) + queryString(options.query), init)
		text = await reply.text()
	} catch (cause) {
		const aborted = options.signal?.aborted ?? false
		throw new ApiError(aborted ? 'aborted' : 'network', String(cause), 0)
	}
	if (!reply.ok) {
		const error = errorOf(reply.status, text, reply.headers.get('Retry-After'))
		reportSignedOut(error)
		throw error
	}
	return text ? JSON.parse(text) : undefined
}

function caller<M extends Method>(method: Upper<M>) {
	return <P extends WithMethod<M>>(path: P, ...args: Args<Op<P, M>>): Promise<Reply<Op<P, M>>> =>
		request(method, path, args[0] as RawOptions | undefined) as Promise<Reply<Op<P, M>>>
}

export const api = {
	get: caller<'get'>('GET'),
	post: caller<'post'>('POST'),
	put: caller<'put'>('PUT'),
	patch: caller<'patch'>('PATCH'),
	delete: caller<'delete'>('DELETE'),
}
