// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSEventLoop
import LMSTestSupport
import Testing

@testable import LMSKit
@testable import LMSMediaDriver

/// With the ffmpeg that serves; what it may do is tried by programs that try more.
@Suite struct FFmpegWorkshopTests {
    private static let pool = Result { try SidePool(threads: 2, queueLimit: 64, name: "media") }

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "workshop-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // Left in the temporary directory if it fails.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private func run(
        _ script: String,
        in folder: String,
        _ limits: ConfinedProcess.Limits = .init(processorSeconds: 10, fileInBytes: 1 << 20)
    ) async throws -> (text: String, status: Int32) {
        let process = try ConfinedProcess(["/bin/sh", "-c", script], in: folder, limits)
        return try await Self.pool.get().run {
            let status = try #require(process.wait(for: 10_000))
            return (process.text, status)
        }
    }

    @Test
    func `attack: a program has no network, no descriptors, no environment of ours and no room beyond its limits`()
        async throws
    {
        try await withFolder { folder in
            let devices = try await run("cat /proc/net/dev", in: folder).text.split(separator: "\n").dropFirst(2)
            #expect(devices.allSatisfy { $0.contains("lo:") }, "\(devices)")
            // Those of a shell, and that of what lists them, however many are open here.
            let many = (0..<100).compactMap { _ in FileHandle(forReadingAtPath: "/dev/null") }
            defer { withExtendedLifetime(many) {} }
            let descriptors = try await run("exec ls /proc/self/fd", in: folder).text.split(separator: "\n")
            #expect(descriptors == ["0", "1", "2", "3"])
            let environment = try await run("exec env", in: folder).text.split(separator: "\n").sorted()
            #expect(environment == ["HOME=/nonexistent", "LANG=C", "PATH=/usr/bin:/bin", "PWD=\(folder)"])
            let limits = ConfinedProcess.Limits(memoryInBytes: 64 << 20, processorSeconds: 1, fileInBytes: 1_000)
            _ = try await run("head -c 5000 /dev/zero > big", in: folder, limits)
            let size = try FileManager.default.attributesOfItem(atPath: "\(folder)/big")[.size] as? Int
            #expect(size == 1_000)
            let told = try await run("ulimit -t; ulimit -v; ulimit -n; ulimit -c", in: folder, limits).text
            #expect(told.split(separator: "\n") == ["1", "65536", "64", "0"])
        }
    }

    @Test func `what is ended is ended with all that it started`() async throws {
        try await withFolder { folder in
            let limits = ConfinedProcess.Limits(processorSeconds: 10, fileInBytes: 1 << 20)
            let process = try ConfinedProcess(["/bin/sh", "-c", "sleep 600 & echo $!; sleep 600"], in: folder, limits)
            let child = try await Self.pool.get().run { () -> Int32? in
                // It says so at once, and goes on for ten minutes.
                for _ in 0..<6_000 where process.text.isEmpty { if process.wait(for: 5) != nil { break } }
                process.end()
                return Int32(process.text.split(separator: "\n").first ?? "")
            }
            let pid = try #require(child)
            // Until somebody has read how it ended it is a zombie, which runs no more. A signal takes a moment.
            func isOver() -> Bool {
                let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
                return status?.contains(") Z ") ?? true
            }
            let deadline = ContinuousClock.now + .seconds(10)
            while !isOver(), ContinuousClock.now < deadline {}
            #expect(isOver())
            #expect(process.wait(for: 0) != nil)
        }
    }

    @Test func `what is no medium, or takes too long, is told apart, and nothing is left of it`() async throws {
        try await withFolder { folder in
            let workshop = try #require(FFmpegWorkshop(in: folder, pool: try Self.pool.get()))
            let text = BlobBytes(Array("\0\0\0\u{18}ftypisom#EXTM3U\nfile:///etc/passwd\n".utf8))
            let bench = try await workshop.bench(for: text, as: .mp4)
            await #expect(throws: MediaWorkError.damaged) { try await bench.probe() }
            await bench.close()
            var limits = FFmpegWorkshop.Limits()
            limits.probe = .zero
            let hasty = try #require(try Self.slow(in: folder, limits))
            let waiting = try await hasty.bench(for: BlobBytes([1]), as: .mp4)
            await #expect(throws: MediaWorkError.timedOut) { try await waiting.probe() }
            await waiting.close()
            let left = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
                UUID(uuidString: $0) != nil
            }
            #expect(left.isEmpty)
            #expect(FFmpegWorkshop(in: folder, pool: try Self.pool.get(), programsIn: ["/nonexistent"]) == nil)
        }
    }

    /// A workshop whose programs do nothing for long.
    private static func slow(in folder: String, _ limits: FFmpegWorkshop.Limits) throws -> FFmpegWorkshop? {
        try FileManager.default.createDirectory(atPath: "\(folder)/bin", withIntermediateDirectories: true)
        for name in ["ffmpeg", "ffprobe"] {
            let path = "\(folder)/bin/\(name)"
            try Data("#!/bin/sh\nexec sleep 600\n".utf8).write(to: URL(filePath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }
        return FFmpegWorkshop(in: folder, pool: try pool.get(), programsIn: ["\(folder)/bin"], limits)
    }

    @Test(
        arguments: [
            ("", 0), ("out_time_us=500000\n", 25), ("out_time_us=500000\nx\nout_time_us=1000000", 50),
            ("out_time_us=9000000", 100), ("out_time_us=N/A", 0),
        ]
    )
    func `how much is done is what ffmpeg said last`(text: String, percent: Int) {
        #expect(FFmpegBench.percent(of: 2_000, in: text) == percent)
    }

    /// Has ffmpeg make a video of so many seconds.
    private static func video(
        _ seconds: Int,
        sound: Int? = nil,
        _ arguments: [String],
        in folder: String
    ) throws -> [UInt8] {
        let path = "\(folder)/sample"
        let source = ["-f", "lavfi", "-i", "testsrc=size=64x36:rate=5:duration=\(seconds)"]
        let sound = ["-f", "lavfi", "-i", "sine=duration=\(sound ?? seconds)"]
        let run = try Program.run("ffmpeg", ["-v", "error", "-y"] + source + sound + arguments + [path])
        try #require(run.status == 0, "\(run.text)")
        return Array(try Data(contentsOf: URL(filePath: path)))
    }

    @Test(
        arguments: [
            (["-c:v", "libx264", "-c:a", "aac", "-movflags", "+faststart", "-f", "mp4"], MediaContainer.mp4),
            (["-c:v", "libx264", "-c:a", "aac", "-f", "matroska"], .matroska),
        ]
    )
    func `a file that breaks off says more than what is made of it plays`(
        arguments: [String],
        container: MediaContainer
    ) async throws {
        try await withFolder { folder in
            let options = ["-preset", "ultrafast", "-pix_fmt", "yuv420p"] + arguments
            let bytes = try Self.video(30, options, in: folder)
            let workshop = try #require(FFmpegWorkshop(in: folder, pool: try Self.pool.get()))
            for (part, isWhole) in [(bytes, true), (Array(bytes.prefix(bytes.count * 6 / 10)), false)] {
                let bench = try await workshop.bench(for: BlobBytes(part), as: container)
                let facts = try await bench.probe()
                #expect(facts.durationSeconds == 30)
                let small = MediaRendition(size: .init(width: 64, height: 36))
                let made = try await bench.render(small, of: facts) { _ in }
                await bench.close()
                #expect((facts.playing(made.index) != nil) == isWhole, "\(made.index)")
            }
        }
    }

    @Test func `sound that goes on after the pictures is part of how long it plays`() async throws {
        try await withFolder { folder in
            let options = ["-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-c:a", "aac"]
            let bytes = try Self.video(5, sound: 20, options + ["-f", "mp4"], in: folder)
            let workshop = try #require(FFmpegWorkshop(in: folder, pool: try Self.pool.get()))
            let bench = try await workshop.bench(for: BlobBytes(bytes), as: .mp4)
            let facts = try await bench.probe()
            let made = try await bench.render(.init(size: .init(width: 64, height: 36)), of: facts) { _ in }
            await bench.close()
            #expect(facts.durationSeconds == 20 && facts.playing(made.index)?.durationSeconds == 20)
        }
    }

    @Test func `a video that a browser recorded says nothing of its duration, which is found by reading it`()
        async throws
    {
        try await withFolder { folder in
            let options = ["-c:v", "libvpx", "-c:a", "libopus", "-f", "webm", "-live", "1"]
            let bytes = try Self.video(4, options, in: folder)
            let workshop = try #require(FFmpegWorkshop(in: folder, pool: try Self.pool.get()))
            let bench = try await workshop.bench(for: BlobBytes(bytes), as: .matroska)
            let facts = try await bench.probe()
            #expect(facts.videoCodec == "vp8" && (3_500...4_500).contains(facts.durationMilliseconds), "\(facts)")
            await bench.close()
        }
    }

    @Test func `how long an MP3 plays is read and not guessed from its first bit rate`() async throws {
        try await withFolder { folder in
            let mix = ["-filter_complex", "[1]apad=whole_dur=30[a]", "-map", "[a]", "-c:a", "libmp3lame", "-q:a", "5"]
            let bytes = try Self.video(1, sound: 3, mix + ["-write_xing", "0", "-f", "mp3"], in: folder)
            let workshop = try #require(FFmpegWorkshop(in: folder, pool: try Self.pool.get()))
            let bench = try await workshop.bench(for: BlobBytes(bytes), as: .mp3)
            #expect((29_900...30_200).contains(try await bench.probe().durationMilliseconds))
            await bench.close()
        }
    }

    @Test func `what a file says of itself is read as it is shown, and a cover is no video`() throws {
        let turned = """
            {"streams":[{"codec_name":"hevc","codec_type":"video","width":1920,"height":1080,"disposition":{"attached_pic":0},
            "side_data_list":[{"rotation":-90}]},{"codec_name":"aac","codec_type":"audio"}],"format":{"duration":"2.5"}}
            """
        let facts = try #require(MediaFacts(ffprobe: turned))
        #expect(facts.width == 1_080 && facts.height == 1_920 && facts.durationMilliseconds == 2_500)
        let cover = """
            {"streams":[{"codec_name":"png","codec_type":"video","width":9,"height":9,"disposition":{"attached_pic":1}},
            {"codec_name":"mp3","codec_type":"audio"}],"format":{"duration":"1"}}
            """
        #expect(try #require(MediaFacts(ffprobe: cover)).videoCodec == nil)
        #expect(MediaFacts(ffprobe: "") == nil && MediaFacts(ffprobe: "{}") == nil)
    }

    @Test func `a playlist with gaps, without a head or with nonsense is none`() throws {
        func playlist(_ lines: String...) -> MediaIndex? {
            MediaIndex(hls: (["#EXTM3U"] + lines).joined(separator: "\n"))
        }
        let head = "#EXT-X-MAP:URI=\"a.mp4\",BYTERANGE=\"10@0\""
        let index = try #require(playlist(head, "#EXTINF:1.5,", "#EXT-X-BYTERANGE:5@10", "a.mp4"))
        #expect(index.byteCount == 15 && index.segments == [.init(byteCount: 5, milliseconds: 1_500)])
        #expect(playlist(head, "#EXTINF:1.5,", "#EXT-X-BYTERANGE:5@11") == nil)
        #expect(playlist("#EXTINF:1.5,", "#EXT-X-BYTERANGE:5@0") == nil)
        #expect(playlist(head, "#EXT-X-BYTERANGE:5@10") == nil && playlist(head) == nil)
        #expect(playlist(head, "#EXTINF:nan,", "#EXT-X-BYTERANGE:5@10") == nil)
    }
}
