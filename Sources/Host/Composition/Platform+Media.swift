// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSMediaDriver

extension Platform {
    /// Where media and pictures are worked on, if this machine has ffmpeg.
    ///
    /// - Parameter dataDirectory: Has the room to work in, below `media-work`.
    /// - Returns: The workshop.
    /// - Throws: If the system has no threads left.
    static func workshop(dataDirectory: String) throws -> FFmpegWorkshop? {
        // As many as the queue has jobs at a time in one process; each waits for its program half a second at a time.
        let pool = try SidePool(threads: 2, queueLimit: 64, name: "media")
        return FFmpegWorkshop(in: "\(dataDirectory)/media-work", pool: pool)
    }
}

extension Configuration {
    /// Looks for the programs that media are made and pictures are read with; what `lms doctor` says of them.
    func mediaFinding() -> Finding {
        do {
            guard try Platform.workshop(dataDirectory: dataDirectory) != nil else {
                let advice =
                    "there is no ffmpeg: no media are made, and of pictures only the structure is looked at; install ffmpeg"
                return Finding("media", .odd, advice)
            }
            return Finding("media", .good, "ffmpeg makes media and reads pictures")
        } catch {
            return Finding("media", .bad, "\(error)")
        }
    }
}
