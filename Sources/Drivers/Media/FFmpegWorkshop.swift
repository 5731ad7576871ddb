// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import Glibc
public import LMSEventLoop
public import LMSKit

/// Makes media by ffmpeg, each in a directory of its own and under limits; decision 0029.
public struct FFmpegWorkshop: MediaWorkshop {
    let pool: SidePool
    let directory: String
    let programs: Programs
    let limits: Limits

    /// Where the programs are.
    struct Programs: Sendable {
        let ffmpeg: String
        let ffprobe: String
    }

    /// How much work on one medium may take.
    struct Limits: Sendable {
        var memoryInBytes = 4 << 30
        /// The least and the most time for one step.
        var shortest = Duration.seconds(120)
        var longest = Duration.seconds(6 * 3_600)
        /// How often the time that a medium plays one step may take.
        var factor = 4
        /// How long `ffprobe` may take.
        var probe = Duration.seconds(60)
    }

    /// Opens a workshop; `nil` if there is no ffmpeg on this machine.
    ///
    /// - Parameters:
    ///   - directory: Where media are worked on; needs room for a medium and what is made of it, twice.
    ///   - pool: Threads that wait for programs and the disk; one for each medium at a time.
    ///   - folders: Where programs are looked for.
    public init?(in directory: String, pool: SidePool, programsIn folders: [String] = ["/usr/bin", "/usr/local/bin"]) {
        self.init(in: directory, pool: pool, programsIn: folders, Limits())
    }

    init?(in directory: String, pool: SidePool, programsIn folders: [String], _ limits: Limits) {
        func find(_ name: String) -> String? {
            folders.map { "\($0)/\(name)" }.first { unsafe access($0, X_OK) == 0 }
        }
        guard let ffmpeg = find("ffmpeg"), let ffprobe = find("ffprobe") else { return nil }
        programs = Programs(ffmpeg: ffmpeg, ffprobe: ffprobe)
        self.directory = directory
        self.pool = pool
        self.limits = limits
    }

    /// Copies the file into a new directory.
    public func bench(
        for source: any BlobSource,
        as container: MediaContainer
    ) async throws(MediaWorkError) -> any MediaBench {
        FFmpegBench(workshop: self, folder: try await folder(with: source), container: container)
    }

    /// A new directory with the file in it.
    func folder(with source: any BlobSource) async throws(MediaWorkError) -> WorkFolder {
        let folder = try await onPool { try WorkFolder(in: directory) }
        do throws(MediaWorkError) {
            while let piece = try await next(of: source) {
                try await onPool { try folder.append(piece) }
            }
        } catch {
            // What is not removed because too much waits is stale tomorrow.
            try? await onPool { folder.remove() }
            throw error
        }
        return folder
    }

    private func next(of source: any BlobSource) async throws(MediaWorkError) -> [UInt8]? {
        do throws(BlobError) {
            return try await source.next()
        } catch {
            throw .source(error)
        }
    }

    /// Does something that blocks.
    func onPool<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws(MediaWorkError) -> Value {
        do {
            return try await pool.run(body)
        } catch let error as MediaWorkError {
            throw error
        } catch {
            throw .unavailable(reason: "busy")
        }
    }
}
