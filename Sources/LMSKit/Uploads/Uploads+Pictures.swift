// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

extension Uploads {
    /// Makes a copy of a picture without what it says besides what is to be seen, if it says anything.
    ///
    /// The copy is another file under a key of its own: the one that was uploaded stays as it is until there is a row for the copy, so
    /// whoever ends this in between has it begin again.
    ///
    /// - Parameters:
    ///   - file: What was uploaded, if that is taken.
    ///   - content: Reads it.
    ///   - key: The tenant's newest key.
    ///   - tenant: The tenant.
    /// - Returns: The file that it is to be.
    /// - Throws: `ContentCheck.Failure`, of them `.refused(.unreadable)` for what cannot be shown, or not within bounds.
    func clean(
        _ file: UploadedFile,
        _ content: any BlobReader,
        under key: TenantKey,
        of tenant: TenantID
    ) async throws(ContentCheck.Failure) -> UploadedFile {
        guard let form = PictureForm(mediaType: file.mediaType) else { return file }
        let copy = try await PictureCopy.of(content, as: form)
        try await requirePicture(content, as: form, copy)
        guard copy.leavesOut else { return file }
        let id: StoredFile.ID = identifiers.next()
        let pair: BlobKeyPair
        do {
            pair = try blobs.makeKey(for: id, under: key)
        } catch {
            throw .store(.unavailable(reason: "the tenant's keys cannot be used"))
        }
        let digest = ports.digesting.makeSHA256()
        do throws(BlobError) {
            let source = PictureSource(copy, of: content, digest: digest)
            let count = try await blobs.put(source, as: BlobKey(id, of: tenant), under: pair.secret)
            return UploadedFile(id, file.mediaType, byteCount: count, sha256: digest.finish(), key: pair)
        } catch {
            throw .store(error)
        }
    }

    /// Has a picture read to its end, and the copy too: both have to show the same.
    private func requirePicture(
        _ content: any BlobReader,
        as form: PictureForm,
        _ copy: PictureCopy
    ) async throws(ContentCheck.Failure) {
        // Debian's ffmpeg reads no WebP that moves; its structure was looked at.
        guard let pictures = ports.pictures, form != .webp || !copy.moves else { return }
        do throws(MediaWorkError) {
            let shown = try await pictures.look(at: BlobPieces(of: content), as: form)
            guard copy.leavesOut else { return }
            let kept = try await pictures.look(at: PictureSource(copy, of: content), as: form)
            guard kept == shown else { throw .damaged }
        } catch {
            switch error {
            case .damaged, .timedOut, .killed: throw .refused(.unreadable)
            case .source(let failure): throw .store(failure)
            case .unavailable: throw .pictures(error)
            }
        }
    }
}
