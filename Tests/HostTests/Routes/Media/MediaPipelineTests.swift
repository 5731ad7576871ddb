// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost
@testable import LMSKit

/// With the ffmpeg that serves, read by ffprobe.
@Suite struct MediaPipelineTests {
    @Test func `a video is taken from a file to what a player decodes, by the job's own steps`() async throws {
        try await withTenant { tenant in
            let folder = FileManager.default.temporaryDirectory.appending(path: "media-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            // Left in the temporary directory if it fails.
            defer { try? FileManager.default.removeItem(at: folder) }
            let sample = folder.appending(path: "sample.mp4").path
            _ = try run(
                "ffmpeg",
                [
                    "-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x36:rate=5:duration=2", "-f", "lavfi", "-i",
                    "sine=duration=2", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac",
                    "-metadata", "title=Private", sample,
                ]
            )
            let bytes = Array(try Data(contentsOf: URL(filePath: sample)))
            let workshop = try Platform.workshop(dataDirectory: folder.path)
            let ports = MediaPorts(store: MemoryBlobStore.shared, workshop: workshop)
            let host = try await PlatformHost(media: ports)
            let world = try await MediaWorld(tenant, file: bytes, host: host)
            let id = try await world.made()
            let shown = try await world.shown(id)
            #expect(shown["status"]?.text == "ready" && shown["videoCodec"]?.text == "h264")
            #expect(shown["width"] == .number("64") && shown["height"] == .number("36"))
            #expect(shown["renditions"]?[0]?["height"] == .number("36") && shown["renditions"]?[1] == nil)
            let file = try #require(shown["renditions"]?[0]?["id"]?.text)
            let pieces = try await world.send("GET", "media/\(id)/files/\(file)/playlist", as: world.teacher).text
            var joined: [UInt8] = []
            for line in pieces.split(separator: "\n") where line.contains("BYTERANGE") {
                let numbers = line.split { !$0.isNumber }.suffix(2).compactMap { Int($0) }
                let (count, start) = (try #require(numbers.first), try #require(numbers.last))
                let range = "Range: bytes=\(start)-\(start + count - 1)"
                let part = try await world.send("GET", "media/\(id)/files/\(file)", as: world.teacher, fields: [range])
                #expect(part.status == 206 && part.bytes.count == count)
                joined += part.bytes
            }
            let played = folder.appending(path: "played.mp4").path
            try Data(joined).write(to: URL(filePath: played))
            let read = try run(
                "ffprobe",
                [
                    "-v", "error", "-count_frames", "-show_entries",
                    "stream=codec_name,width,nb_read_frames:format_tags", played,
                ]
            )
            for part in ["codec_name=h264", "width=64", "nb_read_frames=10", "codec_name=aac"] {
                #expect(read.contains(part), "\(part) in \(read)")
            }
            #expect(!read.contains("Private"))
            let picture = try #require(shown["thumbnails"]?[0]?["id"]?.text)
            let image = try await world.send("GET", "media/\(id)/files/\(picture)", as: world.teacher)
            #expect(image.bytes.starts(with: [0xFF, 0xD8, 0xFF]))
            // Nothing is left of the work.
            let work = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "media-work").path)
            #expect(work.isEmpty)
        }
    }

    private func run(_ program: String, _ arguments: [String]) throws -> String {
        let run = try Program.run(program, arguments)
        try #require(run.status == 0, "\(program): \(run.text)")
        return run.text
    }
}
