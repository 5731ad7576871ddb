// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSKit
internal import LMSTenancy
internal import Synchronization

/// One medium in work by ffmpeg.
///
/// The demuxer is the one that the file's content names, so a playlist or a list of files is never read as one, and of protocols only
/// files and pipes are left: what a file asks to be fetched is not.
struct FFmpegBench: MediaBench {
    let workshop: FFmpegWorkshop
    let folder: WorkFolder
    let container: MediaContainer

    private static let segmentSeconds = 6

    func probe() async throws(MediaWorkError) -> MediaFacts {
        let command =
            [workshop.programs.ffprobe, "-v", "quiet"] + input + [
                "-print_format", "json", "-show_entries",
                "format=duration:stream=codec_type,codec_name,width,height,duration:stream_disposition=attached_pic:stream_side_data=rotation",
            ]
        let text: String
        do {
            text = try await run(command, within: workshop.limits.probe, fileInBytes: 0) { _ in }
        } catch let error as MediaWorkError {
            throw error
        } catch {
            throw .killed
        }
        guard let facts = MediaFacts(ffprobe: text) else { throw .damaged }
        guard facts.videoCodec != nil || facts.audioCodec != nil else { return facts }
        // Of MP3 it is guessed from the first bit rate, and may be half or twice what it plays.
        let isTold = facts.durationMilliseconds > 0 && container != .mp3
        return isTold ? facts : facts.lasting(try await measure())
    }

    /// How long a file plays that does not say it, as what browsers record: read to its end, and not decoded.
    private func measure() async throws(MediaWorkError) -> Int {
        let command =
            [workshop.programs.ffmpeg, "-nostdin", "-v", "quiet", "-progress", "pipe:1"] + input + [
                "-map", "0:V?", "-map", "0:a?", "-c", "copy", "-f", "null", "-",
            ]
        do {
            let text = try await run(command, within: workshop.limits.shortest, fileInBytes: 0) { _ in }
            return Self.milliseconds(in: text)
        } catch let error as MediaWorkError {
            throw error
        } catch {
            throw .killed
        }
    }

    func render(
        _ rendition: MediaRendition,
        of facts: MediaFacts,
        report: (Int) async throws -> Void
    ) async throws -> RenderedMedia {
        let seconds = Double(facts.durationMilliseconds) / 1_000
        let bitRate = rendition.videoBitRate + MediaRendition.audioBitRate
        var command = [workshop.programs.ffmpeg, "-nostdin", "-v", "quiet", "-y", "-progress", "pipe:1"] + input
        var codecs: [String] = []
        command += ["-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-t", "\(seconds + 1)"]
        if let size = rendition.size {
            codecs.append("avc1.4d4028")
            command += [
                "-map", "0:V:0", "-vf", "scale=\(size.width):\(size.height),setsar=1,format=yuv420p", "-fpsmax", "60",
                "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main", "-level:v", "4.0", "-crf", "23",
                "-maxrate", "\(rendition.videoBitRate)", "-bufsize", "\(rendition.videoBitRate * 2)", "-sc_threshold",
                "0",
                "-force_key_frames", "expr:gte(t,n_forced*\(Self.segmentSeconds))",
            ]
        } else {
            command.append("-vn")
        }
        if facts.audioCodec != nil {
            codecs.append("mp4a.40.2")
            command += [
                "-map", "0:a:0", "-c:a", "aac", "-b:a", "\(MediaRendition.audioBitRate)", "-ac", "2", "-ar", "48000",
            ]
        }
        let name = rendition.size.map { "\($0.width)x\($0.height)" } ?? "sound"
        command += [
            "-threads", "2", "-f", "hls", "-hls_time", "\(Self.segmentSeconds)", "-hls_playlist_type", "vod",
            "-hls_segment_type", "fmp4", "-hls_flags", "single_file", "-hls_segment_filename", "\(name).mp4",
            "\(name).m3u8",
        ]
        let text = try await run(
            command,
            within: time(for: facts),
            // Twice what the bit rates come to, and some for short ones.
            fileInBytes: (16 << 20) + Int(seconds) * bitRate / 4
        ) { text in
            try await report(Self.percent(of: facts.durationMilliseconds, in: text))
        }
        let (folder, limit) = (folder, 4 << 20)
        let (file, index) = try await workshop.onPool {
            let list = String(decoding: try folder.read("\(name).m3u8", atMost: limit), as: UTF8.self)
            let file = try WorkFile("\(folder.path)/\(name).mp4")
            guard let index = MediaIndex(hls: list), index.byteCount == file.byteCount else {
                throw MediaWorkError.damaged
            }
            // Its playlist ends with the pictures, where the sound goes on.
            return (file, index.lasting(atLeast: Self.milliseconds(in: text)))
        }
        let source = WorkSource(file, pool: workshop.pool)
        return RenderedMedia(source: source, index: index, codecs: codecs.joined(separator: ","))
    }

    func picture(of facts: MediaFacts, size: MediaRendition.Size) async throws -> any BlobSource {
        // The first pictures of many videos are black.
        let moment = min(10, Double(facts.durationMilliseconds) / 5_000)
        let command =
            [workshop.programs.ffmpeg, "-nostdin", "-v", "quiet", "-y", "-ss", "\(moment)"] + input + [
                "-map", "0:V:0", "-frames:v", "1", "-vf", "scale=\(size.width):\(size.height)", "-map_metadata", "-1",
                "-threads", "2", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-q:v", "4", "-f", "image2", "-update", "1",
                "picture.jpg",
            ]
        _ = try await run(command, within: time(for: facts), fileInBytes: 4 << 20) { _ in }
        let folder = folder
        let bytes = try await workshop.onPool { try folder.read("picture.jpg", atMost: 4 << 20) }
        return BlobBytes(bytes)
    }

    func close() async {
        let folder = folder
        // What is not removed because too much waits is stale tomorrow.
        try? await workshop.onPool { folder.remove() }
    }

    /// The file, read as what it is and as nothing else.
    private var input: [String] {
        ["-protocol_whitelist", "file,pipe", "-f", container.demuxer, "-i", "file:\(WorkFolder.source)"]
    }

    private func time(for facts: MediaFacts) -> Duration {
        let limits = workshop.limits
        let wanted = Duration.milliseconds(facts.durationMilliseconds * limits.factor)
        return min(limits.longest, max(limits.shortest, wanted))
    }

    /// Runs a program to its end.
    private func run(
        _ command: [String],
        within time: Duration,
        fileInBytes: Int,
        _ report: (String) async throws -> Void
    ) async throws -> String {
        let limits = ConfinedProcess.Limits(
            memoryInBytes: workshop.limits.memoryInBytes,
            // Two threads, and what starting takes.
            processorSeconds: Int(time.components.seconds) * 2 + 1,
            fileInBytes: fileInBytes
        )
        return try await workshop.run(command, in: folder, within: time, limits, report)
    }

    /// How much of a medium is done by what ffmpeg says of its progress.
    static func percent(of milliseconds: Int, in text: String) -> Int {
        min(100, Self.milliseconds(in: text) * 100 / max(1, milliseconds))
    }

    /// How far ffmpeg says that it came.
    static func milliseconds(in text: String) -> Int {
        guard let line = text.split(separator: "\n").last(where: { $0.hasPrefix("out_time_us=") }),
            let time = Int(line.dropFirst("out_time_us=".count))
        else { return 0 }
        // Not more than a million seconds, as in what ffprobe writes.
        return min(1_000_000_000, max(0, time / 1_000))
    }
}

extension MediaContainer {
    /// What reads it.
    fileprivate var demuxer: String {
        switch self {
        case .mp4: "mov"
        case .matroska: "matroska"
        case .ogg: "ogg"
        case .wave: "wav"
        case .avi: "avi"
        case .mp3: "mp3"
        case .flac: "flac"
        }
    }
}

/// Gives a file that a program made, piece by piece.
final class WorkSource: BlobSource {
    private let file: WorkFile
    private let pool: SidePool
    private let offset = Mutex(0)

    init(_ file: WorkFile, pool: SidePool) {
        self.file = file
        self.pool = pool
    }

    func next() async throws(BlobError) -> [UInt8]? {
        let (start, count) = offset.withLock { offset in
            let start = offset
            offset = min(file.byteCount, start + BlobPieces.defaultSize)
            return (start, offset - start)
        }
        guard count > 0 else { return nil }
        do {
            let file = file
            return try await pool.run { try file.read(at: start, count) }
        } catch is SidePool.Busy {
            throw .busy
        } catch {
            throw .interrupted
        }
    }
}
