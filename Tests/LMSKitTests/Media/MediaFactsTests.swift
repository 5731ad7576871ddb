// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Testing

@testable import LMSKit

@Suite struct MediaFactsTests {
    @Test(
        arguments: [
            (Array("\0\0\0\u{18}ftypmp42".utf8), MediaContainer.mp4), ([0x1A, 0x45, 0xDF, 0xA3, 1], .matroska),
            (Array("OggS".utf8), .ogg), (Array("RIFF1234WAVE".utf8), .wave), (Array("RIFF1234AVI ".utf8), .avi),
            (Array("fLaC".utf8), .flac), (Array("ID3\u{4}".utf8), .mp3), ([0xFF, 0xFB, 0x90], .mp3),
        ] as [([UInt8], MediaContainer)]
    )
    func `a file is what its first bytes say`(head: [UInt8], container: MediaContainer) {
        #expect(MediaContainer(head: head) == container)
    }

    @Test(arguments: [
        "", "#EXTM3U\n", "ffconcat version 1.0", "<svg", "%PDF-1.7", "RIFF1234", "v=0\r\no=-", "[playlist]",
    ])
    func `attack: playlists, lists of files and descriptions of streams are no media`(text: String) {
        #expect(MediaContainer(head: Array(text.utf8)) == nil)
    }

    @Test(
        arguments: [
            (1_920, 1_080, ["640x360", "1280x720"]), (1_080, 1_920, ["360x640", "720x1280"]), (64, 36, ["64x36"]),
            (65, 37, ["64x36"]), (854, 480, ["640x360"]), (8_192, 2, ["8192x2"]),
        ]
    )
    func `renditions have even sides and are never larger than the medium`(width: Int, height: Int, sizes: [String]) {
        let facts = video(width, height)
        let made = MediaRendition.ladder(for: facts).compactMap { $0.size.map { "\($0.width)x\($0.height)" } }
        #expect(made == sizes)
    }

    @Test func `what is too long, too large or empty is refused before anything is made`() {
        #expect(video(1_920, 1_080).refusal == nil)
        #expect(video(8_193, 1_080).refusal == .tooLarge)
        #expect(video(0, 1_080).refusal == .damaged)
        #expect(video(1_920, 1_080, milliseconds: MediaFacts.longest + 1).refusal == .tooLong)
        #expect(video(1_920, 1_080, milliseconds: 0).refusal == .damaged)
        let nothing = MediaFacts(
            durationMilliseconds: 1,
            width: nil,
            height: nil,
            videoCodec: nil,
            audioCodec: nil,
            byteCount: 1
        )
        #expect(nothing.refusal == .empty)
    }

    @Test(
        arguments: [
            (30_000, [6_000, 24_000], 30_000), (30_000, [6_000, 25_000], 30_000), (30_000, [6_000, 22_000], 28_000),
            (30_000, [6_000, 21_999], nil), (600_000, [589_000], 589_000), (600_000, [587_999], nil), (1_000, [0], nil),
        ] as [(Int, [Int], Int?)]
    )
    func `what breaks off is refused, and what plays a little less than it says lasts as long as it plays`(
        told: Int,
        made: [Int],
        lasts: Int?
    ) throws {
        let segments = made.map { MediaIndex.Segment(byteCount: 1, milliseconds: $0) }
        let index = try #require(MediaIndex(head: 1, segments: segments))
        #expect(video(640, 360, milliseconds: told).playing(index)?.durationMilliseconds == lasts)
        let longer = index.lasting(atLeast: 40_000)
        #expect(longer.durationMilliseconds == max(40_000, made.reduce(0, +)) && longer.byteCount == index.byteCount)
    }

    private func video(_ width: Int, _ height: Int, milliseconds: Int = 1_000) -> MediaFacts {
        MediaFacts(
            durationMilliseconds: milliseconds,
            width: width,
            height: height,
            videoCodec: "h264",
            audioCodec: nil,
            byteCount: 1
        )
    }
}
