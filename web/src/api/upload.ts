/* Sends one file and tells how far it is: fetch cannot report the progress of an upload, XMLHttpRequest can. */
import { ApiError, errorOf, reportSignedOut, type UploadResult } from './client'

export interface UploadOptions {
	signal: AbortSignal
	restore: boolean
	onProgress(sentBytes: number): void
}

export function uploadFile(file: File, options: UploadOptions): Promise<UploadResult> {
	const body = new FormData()
	if (file.lastModified > 0) body.append('mtime', String(file.lastModified))
	if (options.restore) body.append('restore', '1')
	body.append('file', file, file.name)

	return new Promise((resolve, reject) => {
		const request = new XMLHttpRequest()
		request.open('POST', '/api/v1/photos')
		request.setRequestHeader('Accept', 'application/json')
		request.upload.onprogress = (event) => options.onProgress(Math.min(event.loaded, file.size))
		request.onerror = () => reject(new ApiError('network', 'connection lost', 0))
		request.onabort = () => reject(new ApiError('aborted', 'aborted', 0))
		request.onload = () => {
			if (request.status !== 200) {
				const error = errorOf(request.status, request.responseText, request.getResponseHeader('Retry-After'))
				reportSignedOut(error)
				reject(error)
				return
			}
			const { results } = JSON.parse(request.responseText) as { results: UploadResult[] }
			const result = results[0]
			if (result) resolve(result)
			else reject(new ApiError('internal', 'the server gave no result for the file', request.status))
		}
		options.signal.addEventListener('abort', () => request.abort(), { once: true })
		request.send(body)
	})
}
