// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
public import LMSKit

/// Reads pictures by ffmpeg, each in a directory of its own and under limits; decision 0034.
public struct FFmpegPictures: PictureWorkshop {
    private let workshop: FFmpegWorkshop
    private let limits: Limits

    /// How much work on one picture may take.
    struct Limits: Sendable {
        /// Cameras of telephones have 200 million.
        var pixels = 250_000_000
        var memoryInBytes = 2 << 30
        var processorSeconds = 30
        var time = Duration.seconds(120)
    }

    /// Makes a reader of pictures.
    ///
    /// - Parameter workshop: Has the programs, and where they work.
    public init(_ workshop: FFmpegWorkshop) {
        self.init(workshop, Limits())
    }

    init(_ workshop: FFmpegWorkshop, _ limits: Limits) {
        self.workshop = workshop
        self.limits = limits
    }

    /// Copies the file into a new directory, and has its first picture decoded there and digested.
    public func look(at picture: any BlobSource, as form: PictureForm) async throws(MediaWorkError) -> String {
        let folder = try await workshop.folder(with: picture)
        let command = [
            workshop.programs.ffmpeg, "-nostdin", "-v", "quiet", "-protocol_whitelist", "file,pipe", "-noautorotate",
            "-max_pixels", "\(limits.pixels)", "-threads", "2", "-f", form.demuxer, "-i", "file:\(WorkFolder.source)",
            "-map", "0:v:0", "-frames:v", "1", "-f", "framemd5", "pipe:1",
        ]
        let result: Result<String, MediaWorkError>
        do {
            let confinement = ConfinedProcess.Limits(
                memoryInBytes: limits.memoryInBytes,
                processorSeconds: limits.processorSeconds,
                fileInBytes: 0
            )
            let text = try await workshop.run(command, in: folder, within: limits.time, confinement)
            result = Self.digest(in: text).map { .success($0) } ?? .failure(.damaged)
        } catch let error as MediaWorkError {
            result = .failure(error)
        } catch {
            result = .failure(.unavailable(reason: "cancelled"))
        }
        // What is not removed because too much waits is stale tomorrow.
        try? await workshop.onPool { folder.remove() }
        return try result.get()
    }

    /// The size and the digest of the one picture that there is: `stream, dts, pts, duration, size, digest`.
    static func digest(in text: String) -> String? {
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        guard lines.count == 1, let fields = lines.first?.split(separator: ","), fields.count == 6 else { return nil }
        let dimensions = text.split(separator: "\n").first { $0.hasPrefix("#dimensions") } ?? ""
        return "\(dimensions)\(fields[4])\(fields[5])"
    }
}

extension PictureForm {
    /// What reads it.
    fileprivate var demuxer: String {
        switch self {
        case .jpeg: "jpeg_pipe"
        case .png: "png_pipe"
        case .webp: "webp_pipe"
        }
    }
}
