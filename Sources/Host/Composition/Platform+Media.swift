// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSKit
internal import LMSMediaDriver

extension Platform {
    /// What makes and keeps media, if this machine has ffmpeg.
    ///
    /// - Parameters:
    ///   - store: Keeps the files.
    ///   - dataDirectory: Has the room to work in, below `media-work`.
    /// - Returns: The ports.
    /// - Throws: If the system has no threads left.
    static func mediaPorts(store: any BlobStore, dataDirectory: String) throws -> MediaPorts {
        // As many as the queue has jobs at a time in one process; each waits for its program half a second at a time.
        let pool = try SidePool(threads: 2, queueLimit: 64, name: "media")
        return MediaPorts(store: store, workshop: FFmpegWorkshop(in: "\(dataDirectory)/media-work", pool: pool))
    }
}
